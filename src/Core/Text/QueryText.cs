using System.Text;

namespace Tppo.Core.Text;

/// <summary>Queries as people type them and as a response joins them.</summary>
public static class QueryText
{
    /// <summary>What stands between two queries of a response.</summary>
    public const string Separator = ", ";

    /// <summary>Trimmed, runs of white space become one space; case and commas stay.</summary>
    public static string Collapse(string text)
    {
        if (IsCollapsed(text)) return text;
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c)) result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
        }

        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return result.ToString();
    }

    /// <summary>Commas removed, nothing put in their place, then collapsed: a query inside a prompt or a response.</summary>
    public static string WithoutCommas(string text) => text.Contains(',', StringComparison.Ordinal)
        ? Collapse(text.Replace(",", "", StringComparison.Ordinal))
        : Collapse(text);

    /// <summary>
    /// A response of these queries: joined by the separator, one space before it, so that its first word is the token that it is in
    /// the history.
    /// </summary>
    public static string Response(IEnumerable<string> queries) => " " + string.Join(Separator, queries.Select(WithoutCommas));

    /// <summary>The queries of a response, trimmed, empty ones included: as many as separators plus one.</summary>
    public static string[] Queries(string response) => [.. response.Split(',').Select(Collapse)];

    /// <summary>
    /// A search's identity, by which searches are compared everywhere: the identities of its words as a response writes them. Empty
    /// where it holds no word.
    /// </summary>
    public static string Identity(string search)
    {
        if (IsPlain(search) && IsCollapsed(search)) return search.ToLowerInvariant();
        return string.Join(' ', Words.Split(WithoutCommas(search)).Select(w => Words.Normalise(w.Text)).Where(w => w.Length > 0));
    }

    /// <summary>
    /// What decides whether a search repeats the one before it: its text folded as words are (<see cref="Folding"/>), punctuation kept,
    /// since a search in quotes asks for something else. Empty where it holds no word.
    /// </summary>
    public static string RepeatKey(string search)
    {
        if (IsPlain(search) && IsCollapsed(search)) return search.ToLowerInvariant();
        return Identity(search).Length == 0 ? "" : Collapse(Folding.Of(search));
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != ' ') return false;
        }

        return true;
    }

    private static bool IsCollapsed(string text)
    {
        var before = ' ';
        foreach (var c in text)
        {
            if (c == ' ' ? before == ' ' : char.IsWhiteSpace(c)) return false;
            before = c;
        }

        return text.Length == 0 || before != ' ';
    }
}
