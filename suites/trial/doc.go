// Package trial plays one scenario once: the conductor.
//
// [Run] reads as the list it is: build the lab, load the rules, start the
// capture, start the server, wait until it listens, let the client play,
// linger, stop everything in reverse order, write the folder, and hand it to
// package assess. It contains no rule about rollover and knows no protocol; it is
// the one package that knows all the others.
//
// A trial only gathers. Whatever went wrong on the way is written down in the
// folder, and the verdict is had from the folder alone.
package trial
