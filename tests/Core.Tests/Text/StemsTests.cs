using Tppo.Core.Text;

namespace Tppo.Core.Tests;

public class StemsTests
{
    [Theory]
    [InlineData("lamps", "lamp")]
    [InlineData("walking", "walk")]
    [InlineData("walked", "walk")]
    [InlineData("berries", "berry")]
    [InlineData("bus", "bus")]
    [InlineData("sing", "sing")]
    public void They_lose_common_endings_but_never_most_of_the_word(string word, string stem) => Assert.Equal(stem, Stems.OfIdentity(word));

    [Fact]
    public void A_text_gives_them_in_order_and_none_for_a_word_of_punctuation() => Assert.Equal(["run", "shoe"], Stems.Of("“Running”  -- shoes!"));
}
