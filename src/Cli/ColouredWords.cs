using Tppo.Core.Models;
using Tppo.Core.Text;

namespace Tppo.Cli;

/// <summary>A response as markup, each word coloured by its reward: green pays, red costs, yellow neither; without a reward as it is.</summary>
internal static class ColouredWords
{
    /// <summary>The response's queries, with commas between.</summary>
    public static string Markup(IReadOnlyList<ScoredWord> words) =>
        string.Join(", ", words.GroupBy(w => w.Query).Select(query => string.Join(' ', query.Select(Coloured))));

    private static string Coloured(ScoredWord word) => $"[{Colour(word.Reward)}]{Spectre.Console.Markup.Escape(Printable.Of(word.Text))}[/]";

    private static string Colour(double reward) => reward switch { > 0.33 => "green", < -0.33 => "red", double.NaN => "default", _ => "yellow" };
}
