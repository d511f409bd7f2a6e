package reports

import "strings"

// markup is what would be more than a text to a reader of Markdown.
var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"|", `\|`, "~", `\~`, "#", `\#`, "!", `\!`, "@", "&#64;", "://", "&#58;//")

// said is a text that anybody may have said, on one line: nothing in it is
// markup, a link or a mention.
func said(text string) string {
	return markup.Replace(strings.Join(strings.Fields(printable(text)), " "))
}

// code is a text in the letters of code, inside a table too.
func code(text string) string {
	text = strings.Join(strings.Fields(printable(text)), " ")
	if text == "" {
		return ""
	}
	ticks := strings.Repeat("`", longestRun(text, '`')+1)
	text = strings.ReplaceAll(text, "|", `\|`)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return ticks + text + ticks
}

// fenced is a block of code.
func fenced(text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	return fence + "sh\n" + strings.TrimRight(printable(text), "\n") + "\n" + fence + "\n"
}

// longestRun is how often the letter comes in a row at most.
func longestRun(text string, letter rune) int {
	longest, run := 0, 0
	for _, r := range text {
		if r == letter {
			run++
			longest = max(longest, run)
			continue
		}
		run = 0
	}
	return longest
}
