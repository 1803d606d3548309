using System.Text.RegularExpressions;
using Tppo.Core.Privacy;

namespace Tppo.Ingest.Import;

/// <summary>Puts pseudonyms in the place of users in lines that are no events: dead letters name nobody either.</summary>
internal static partial class UserInLine
{
    /// <summary>The line with its first column, or its JSON <c>"user"</c>, replaced.</summary>
    public static string Replaced(string line, Pseudonyms pseudonyms)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        if (tab >= 0) return pseudonyms.Pseudonym(line[..tab]) + line[tab..];
        return JsonUser().Replace(line, m => $"\"user\":\"{pseudonyms.Pseudonym(m.Groups[1].Value)}\"");
    }

    [GeneratedRegex("\"user\"\\s*:\\s*\"([^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex JsonUser();
}
