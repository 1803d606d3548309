using Tppo.Core.Text;

namespace Tppo.Core.Tests;

public class PrintableTests
{
    [Theory]
    [InlineData("red shoes 42", "red shoes 42")]
    [InlineData("größe 47½ 東京 🍏", "größe 47½ 東京 🍏")]
    [InlineData("a\u001b[2J\u001b]0;owned\u0007b", "a\\u001b[2J\\u001b]0;owned\\u0007b")]
    [InlineData("a\u009b2Jb\u007f", "a\\u009b2Jb\\u007f")]
    [InlineData("a\r\nb\tc\0", "a\\u000d\\u000ab\\u0009c\\u0000")]
    [InlineData("cost \u202e001 \u2066x\u2069", "cost \\u202e001 \\u2066x\\u2069")]
    [InlineData("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [InlineData("👩\u200d🔬 नि\u200cक", "👩\u200d🔬 नि\u200cक")]
    [InlineData("", "")]
    public void What_steers_an_output_stands_as_its_number(string text, string shown) => Assert.Equal(shown, Printable.Of(text));

    [Fact]
    public void A_long_text_is_cut_and_says_so()
    {
        Assert.Equal("abc…", Printable.Of("abcdef", 3));
        Assert.Equal("abc", Printable.Of("abc", 3));
        // Half a pair is nothing that can be shown.
        Assert.Equal("ab\ufffd…", Printable.Of("ab🍏", 3));
    }
}
