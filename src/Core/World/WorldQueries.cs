using Tppo.Core.Numerics;

namespace Tppo.Core.World;

/// <summary>How people of the search world put things: queries, titles, typing errors.</summary>
internal sealed class WorldQueries(SearchWorld world, SeededRandom random, string[]? priceWords)
{
    private const double PriceRate = 0.25;
    private const double BrandRate = 0.25;
    private const double HeadRate = 0.92;
    private const double FillerRate = 0.30;
    private const double TypoRate = 0.03;
    private const double TitleCaseRate = 0.05;
    private const double PunctuationRate = 0.04;

    public string[] Navigation() => world.Vocabulary.Navigation[random.NextInt(world.Vocabulary.Navigation.Length)];

    /// <summary>[price] [brand] 1–2 modifiers [head], and now and then a trend word anywhere.</summary>
    public string[] Topical(Intent intent, bool reformulated, double day)
    {
        var words = new List<string>();
        if (priceWords is not null && random.NextBool(PriceRate)) words.Add(Pick(priceWords));
        if (random.NextBool(BrandRate)) words.Add(intent.Brand);
        words.AddRange(random.Sample<string>(intent.Modifiers, reformulated ? 1 + random.NextInt(2) : 1));
        if (random.NextBool(HeadRate)) words.Add(intent.Head);
        if (random.NextBool(world.Settings.TrendRate)) words.Insert(random.NextInt(words.Count + 1), Pick(world.LiveTrends(day)));
        return [.. words];
    }

    /// <summary>A page or product title: brand, two modifiers, head, sometimes a filler.</summary>
    public string Title(Facet facet, string brand, string head)
    {
        List<string> words = [brand, .. random.Sample<string>(world.Modifiers(facet), 2), head];
        if (random.NextBool(FillerRate)) words.Add(Pick(world.Vocabulary.Titles));
        return string.Join(' ', words);
    }

    /// <summary>The words as typed: typos, Title Case, quotes or a plus.</summary>
    public string Typed(string[] words)
    {
        var text = string.Join(' ', words.Select(w => random.NextBool(TypoRate) ? Misspelt(w) : w));
        if (random.NextBool(TitleCaseRate)) text = string.Join(' ', text.Split(' ').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        if (!random.NextBool(PunctuationRate)) return text;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (random.NextBool(0.5) || space < 0) return $"\"{text}\"";
        return $"{text[..space]} + {text[(space + 1)..]}";
    }

    /// <summary>The three slips at a place inside a word: a letter left out, two swapped, one doubled.</summary>
    public static IEnumerable<string> Slips(string word)
    {
        for (var i = 1; i < word.Length - 1; i++)
        {
            for (var kind = 0; kind < 3; kind++) yield return Slip(word, i, kind);
        }
    }

    private string Misspelt(string word) =>
        word.Length < 4 ? word : Slip(word, 1 + random.NextInt(word.Length - 2), random.NextInt(3));

    private static string Slip(string word, int at, int kind) => kind switch
    {
        0 => word[..at] + word[(at + 1)..],
        1 => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
        _ => word[..at] + word[at] + word[at..],
    };

    private string Pick(string[] words) => words[random.NextInt(words.Length)];
}
