using System.Text.RegularExpressions;

namespace Tppo.Core.Judging.Reading;

/// <summary>Reads a vote between two responses.</summary>
public static partial class VoteReader
{
    /// <summary>A, B or tie, the last that was given; null where none was.</summary>
    public static string? Read(Completion completion)
    {
        if (completion.Content is not { } content || !string.IsNullOrEmpty(completion.Refusal)) return null;
        return Vote().Matches(content).LastOrDefault()?.Groups["vote"].Value.ToUpperInvariant() switch
        {
            "A" => "A",
            "B" => "B",
            "TIE" => "tie",
            _ => null,
        };
    }

    [GeneratedRegex("[\"']?vote[\"']?\\s*:\\s*[\"'](?<vote>A|B|tie)[\"']", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Vote();
}
