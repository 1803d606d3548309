using Tppo.Core.Events;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Prompts;

/// <summary>
/// Windows as tokens of a pretrained model, whose vocabulary has no token for an event: a line each, oldest first, <c>search: text</c>, and
/// then <c>next searches:</c>. Its last token stands for the response token: the response begins behind it. No chat template.
/// </summary>
public sealed class LinePrompts
{
    private const string Asks = "next searches:";
    private readonly Tokenizer tokenizer;
    private readonly int[] asks;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="end">The token that ends a text.</param>
    /// <param name="pad">The token that fills up rows.</param>
    public LinePrompts(Tokenizer tokenizer, int end, int pad)
    {
        this.tokenizer = tokenizer;
        var ids = tokenizer.EncodeFurther(Asks);
        asks = ids[..^1];
        Specials = new SpecialTokens(pad, end, ids[^1], None, None, None, None);
    }

    /// <summary>What stands for padding, the end and the start of a response; there are no others.</summary>
    public SpecialTokens Specials { get; }

    private static int None => -1;

    /// <summary>The prompt of a history, without the response token: whole events cut from the left to fit; of a single one that does not, its end.</summary>
    public int[] Prompt(IReadOnlyList<HistoryEvent> history, int tokensMax)
    {
        var room = tokensMax - asks.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(room, 1, nameof(tokensMax));
        var lines = new Stack<int[]>();
        var length = 0;
        for (var i = history.Count - 1; i >= 0; i--)
        {
            var line = Line(history[i]);
            // Nothing precedes the first one.
            var ids = i == 0 ? tokenizer.Encode(line) : tokenizer.EncodeFurther(line);
            if (length + ids.Length > room)
            {
                if (lines.Count == 0) lines.Push(ids[^room..]);
                break;
            }

            lines.Push(ids);
            length += ids.Length;
        }

        return [.. lines.SelectMany(line => line), .. asks];
    }

    /// <summary>The response that these queries are, its end with it.</summary>
    public int[] Response(IEnumerable<string> queries) => [.. tokenizer.EncodeFurther(QueryText.Response(queries)), Specials.End];

    private static string Line(HistoryEvent e) => $"{Name(e.Type)}: {QueryText.WithoutCommas(e.Text)}\n";

    private static string Name(EventType type) => type switch
    {
        EventType.Search => "search",
        EventType.Click => "click",
        EventType.Purchase => "purchase",
        EventType.Visit => "visit",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
