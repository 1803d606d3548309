using Tppo.Core.Events;
using Tppo.Core.Rewards;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

/// <summary>When two words, or two searches, are the same.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("Trail", "trail")]
    [InlineData("\"Trail!\"", "trail")]
    [InlineData("STRASSE", "strasse")]
    [InlineData("Straße", "strasse")]
    [InlineData("STRAẞE", "strasse")]
    [InlineData("ＴＲＡＩＬ", "trail")]
    [InlineData("ﬁne", "fine")]
    [InlineData("ΟΔΟΣ", "οδοσ")]
    [InlineData("οδος", "οδοσ")]
    [InlineData("ᾼ", "αι")]
    [InlineData("ᾳ", "αι")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("x-y", "x-y")]
    [InlineData("don't", "don't")]
    [InlineData("--", "")]
    [InlineData("€", "")]
    [InlineData("++", "")]
    [InlineData("\uFFFD", "")]
    [InlineData("\u200B", "")]
    [InlineData("3½", "31⁄2")]
    [InlineData("cafe\u0301", "café")]
    [InlineData("tr\u00ADail\u200B", "trail")]
    public void A_word_is_known_by_its_folded_form_without_punctuation_around_it(string word, string identity) =>
        Assert.Equal(identity, Words.Normalise(word));

    [Theory]
    [InlineData("C++", "c++")]
    [InlineData("(c#)", "c#")]
    [InlineData("a+", "a+")]
    [InlineData("18+", "18+")]
    [InlineData("notepad++", "notepad++")]
    [InlineData("trail+", "trail")]
    [InlineData("trail#", "trail")]
    [InlineData("C♯", "c♯")]
    [InlineData("a-", "a-")]
    [InlineData("a\u2212", "a-")]
    [InlineData("AB-", "ab-")]
    [InlineData("trail-", "trail")]
    [InlineData("-trail", "trail")]
    [InlineData("#trail", "trail")]
    [InlineData("+trail", "trail")]
    [InlineData("-5", "-5")]
    [InlineData("(-5)", "-5")]
    [InlineData("\u22125", "-5")]
    [InlineData("5-", "5")]
    [InlineData("+5", "+5")]
    [InlineData("-.5", "-.5")]
    [InlineData(".5", ".5")]
    [InlineData("...5", "5")]
    [InlineData(".NET", ".net")]
    [InlineData("…net", "net")]
    [InlineData("net.", "net")]
    [InlineData("$5", "$5")]
    [InlineData("-$5", "-$5")]
    [InlineData("$-5", "$-5")]
    [InlineData("€5.", "€5")]
    [InlineData("5€", "5€")]
    [InlineData("$trail", "trail")]
    [InlineData("5%", "5%")]
    [InlineData("5°", "5°")]
    [InlineData("trail%", "trail")]
    [InlineData("trail®", "trail")]
    public void Punctuation_that_makes_another_word_of_it_belongs_to_a_word(string word, string identity) =>
        Assert.Equal(identity, Words.Normalise(word));

    [Theory]
    [InlineData("❤\uFE0F", "❤")]
    [InlineData("☎\uFE0E", "☎")]
    [InlineData("\"👍🏽\"", "👍🏽")]
    [InlineData("1\uFE0F\u20E3", "1\u20E3")]
    [InlineData("#\uFE0F\u20E3", "#\u20E3")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    [InlineData("🏳\uFE0F\u200D🌈", "🏳\u200D🌈")]
    [InlineData("🇩🇪", "🇩🇪")]
    public void Emoji_are_words_by_their_own_characters_without_variation_selectors(string word, string identity) =>
        Assert.Equal(identity, Words.Normalise(word));

    [Theory]
    [InlineData("c++", "c#", "c")]
    [InlineData("a+", "a-")]
    [InlineData("-5", "5")]
    [InlineData("$5", "€5")]
    [InlineData("👍", "👎", "👍🏽")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿")]
    public void Different_words_are_no_repeats(params string[] words) => Assert.DoesNotContain(true, TokenRewards.RepeatedWords(words));

    [Fact]
    public void Equal_words_however_they_are_written_are_repeats() =>
        Assert.Equal([false, true, true, false, true], TokenRewards.RepeatedWords(["Straße", "STRASSE!", "“strasse”", "❤\uFE0F", "❤"]));

    [Theory]
    [InlineData("Red  Shoes", "red shoes")]
    [InlineData("Trail, “shoes”!", "trail shoes")]
    [InlineData("size 1,000", "size 1000")]
    [InlineData("ＧＲＯẞE C++", "grosse c++")]
    [InlineData("-", "")]
    [InlineData(",", "")]
    [InlineData("\u200B", "")]
    [InlineData("", "")]
    public void A_search_is_the_identities_of_its_words(string search, string identity) => Assert.Equal(identity, QueryText.Identity(search));

    [Fact]
    public void A_search_without_a_word_is_no_target_and_one_with_the_same_words_is_a_repeat()
    {
        string[] searches = ["-", ",", "\u200B", "ＴＩＬＥＳ", "tiles", "paint", "lamp"];
        var at = new DateTime(2024, 5, 1, 10, 0, 0, DateTimeKind.Utc);
        UserEvent[] events =
        [
            new("e", "u1", at, EventType.Visit, "home", ""),
            .. searches.Select((text, i) => new UserEvent($"e{i}", "u1", at.AddMinutes(i + 1), EventType.Search, text, "")),
        ];
        var settings = new WindowSettings { Targets = 3 };
        Assert.Equal(["ＴＩＬＥＳ", "paint", "lamp"], Assert.Single(Windower.Windows(events, settings)).Targets);
        Assert.Equal(["ＴＩＬＥＳ", "paint", "lamp"], Assert.Single(Windower.NewestOnly(events, settings)).Targets);
    }
}
