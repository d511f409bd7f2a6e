// Package bundle makes and checks what a vendor hands in: one archive with
// the run record, its reports and all evidence of everything that a profile
// demands, so that anyone can check it without trusting the vendor's word, and
// without a network or root.
//
// [Write] packs a run; the same run gives the same bytes. [Unpack] takes an
// archive apart into a folder, and [Verify] holds it against its own manifest,
// its progress log, its profile, its reports, and, when asked to look deep,
// derives every verdict again from the captures.
//
// A hash shows that a file is the one that was packed; it does not show who
// packed it, nor that the product in the captures is the product that is named.
// A signature shows who packed it. See docs/certify.md.
package bundle
