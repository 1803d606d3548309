using System.Text;
using System.Text.RegularExpressions;

namespace Tppo.Core.Judging.Reading;

/// <summary>The two sections of an answer: scores of words, and the score of the whole.</summary>
/// <param name="Words">Words and their scores, in the order in which they were written; null where there is no such section.</param>
/// <param name="Whole">The score of the whole; null where there is none.</param>
/// <param name="IsCut">Whether the text ends in the middle of a value.</param>
/// <param name="IsRepaired">Whether something in them was read that is no JSON.</param>
internal sealed partial record AnswerSections(IReadOnlyList<(string Word, LooseValue Score)>? Words, LooseValue? Whole, bool IsCut, bool IsRepaired)
{
    private const string ThoughtBegins = "<think>", ThoughtEnds = "</think>";

    /// <summary>
    /// Finds them in a text: the last complete pair counts, whatever stands around it; without one, the last scores of words. Where only
    /// the whole was asked for, the last score that stands alone.
    /// </summary>
    internal static AnswerSections Find(string content, AnswerForm form)
    {
        var (sections, isCut) = All(WithoutThoughts(content));
        if (form == AnswerForm.WholeOnly)
        {
            var alone = sections.FindLast(s => s.IsWhole || IsWholeAlone(s.Value));
            return new AnswerSections(null, alone is null ? null : Unwrapped(alone.Value), isCut, alone?.IsRepaired == true);
        }

        var pair = Enumerable.Range(0, Math.Max(0, sections.Count - 1)).LastOrDefault(i => !sections[i].IsWhole && sections[i + 1].IsWhole, -1);
        var words = pair >= 0 ? pair : sections.FindLastIndex(s => !s.IsWhole);
        if (words < 0) return new AnswerSections(null, null, isCut, false);
        var whole = pair >= 0 ? sections[pair + 1] : null;
        return new AnswerSections(
            Entries(sections[words].Value), whole?.Value, isCut, sections[words].IsRepaired || whole?.IsRepaired == true);
    }

    // What a model thinks aloud is no answer, however much it looks like one.
    private static string WithoutThoughts(string content)
    {
        var kept = new StringBuilder();
        for (var at = 0; ;)
        {
            var open = content.IndexOf(ThoughtBegins, at, StringComparison.OrdinalIgnoreCase);
            if (open < 0) return kept.Length == 0 && at == 0 ? content : kept.Append(content, at, content.Length - at).ToString();
            kept.Append(content, at, open - at).Append(' ');
            var end = content.IndexOf(ThoughtEnds, open, StringComparison.OrdinalIgnoreCase);
            if (end < 0) return kept.ToString();
            at = end + ThoughtEnds.Length;
        }
    }

    private static (List<Section> Sections, bool IsCut) All(string text)
    {
        var sections = new List<Section>();
        var end = 0;
        for (var at = 0; text.AsSpan(at).IndexOfAny('{', '[') is >= 0 and var next;)
        {
            var start = at + next;
            var json = new LooseJson(text, start);
            if (json.Read() is { } value)
            {
                sections.AddRange(Of(value, text[end..start], sections.Count > 0 && !sections[^1].IsWhole, json.IsRepaired));
                at = end = json.At;
            }
            else if (json.IsCut)
            {
                return (sections, true);
            }
            else
            {
                at = start + 1;
            }
        }

        return (sections, false);
    }

    // What a value is, its own names say, or the tag before it, or its form and place.
    private static IEnumerable<Section> Of(LooseValue value, string before, bool behindWords, bool isRepaired)
    {
        if (value is LooseValue.Map map && map.Entries.Any(e => NamesWords(e.Key) && IsNamedWords(e.Value)))
        {
            foreach (var (key, inner) in map.Entries)
            {
                if (NamesWords(key) && IsNamedWords(inner)) yield return new Section(false, inner, isRepaired);
                else if (NamesWhole(key)) yield return new Section(true, inner, isRepaired);
            }

            yield break;
        }

        var tag = Tag().Matches(before).LastOrDefault();
        var isTagged = tag is { Success: true } && !tag.Groups["end"].Success;
        var isWhole = isTagged ? tag!.Groups["whole"].Success : behindWords && IsWholeAlone(value);
        if (isWhole || IsWords(value)) yield return new Section(isWhole, isWhole ? Unwrapped(value) : value, isRepaired);
    }

    private static bool IsWholeAlone(LooseValue value) => value is LooseValue.Map { Entries: [var (key, _)] } && (NamesWhole(key) || Score.Names(key));

    private static LooseValue Unwrapped(LooseValue whole) => whole is LooseValue.Map { Entries: [var (key, inner)] } && NamesWhole(key) ? inner : whole;

    private static bool IsWords(LooseValue value) =>
        value is LooseValue.Map || (value is LooseValue.Sequence { Items.Count: > 0 } list && list.Items.All(IsPair));

    // Where a name says so, none is a list of words too: a response may have none.
    private static bool IsNamedWords(LooseValue value) => IsWords(value) || value is LooseValue.Sequence { Items.Count: 0 };

    private static bool IsPair(LooseValue item) => Pair(item) is not null;

    private static (string Word, LooseValue Score)? Pair(LooseValue item) => item switch
    {
        LooseValue.Sequence { Items: [LooseValue.Text word, var score] } => (word.Value, score),
        LooseValue.Map { Entries: [("word", LooseValue.Text word), var (key, score)] } when Score.Names(key) => (word.Value, score),
        _ => null,
    };

    private static IReadOnlyList<(string Word, LooseValue Score)> Entries(LooseValue words) => words switch
    {
        LooseValue.Map map => map.Entries,
        LooseValue.Sequence list => [.. list.Items.Select(item => Pair(item)!.Value)],
        _ => [],
    };

    private static bool NamesWords(string key) => Plain(key) is "wordsequencejudgements" or "wordsequencejudgement" or "words";

    private static bool NamesWhole(string key) => Plain(key) is "acrossqueryjudgements" or "acrossqueryjudgement" or "whole";

    private static string Plain(string key) => string.Concat(key.Where(char.IsAsciiLetter)).ToLowerInvariant();

    [GeneratedRegex("(?<end>/)?\\s*(?:(?<words>WORD[ _-]?SEQUENCE)|(?<whole>ACROSS[ _-]?QUER))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    private sealed record Section(bool IsWhole, LooseValue Value, bool IsRepaired);
}
