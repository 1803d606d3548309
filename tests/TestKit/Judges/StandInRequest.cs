using System.Text.Json.Nodes;

namespace Tppo.TestKit.Judges;

/// <summary>A question that came to the stand-in.</summary>
/// <param name="Number">Which, from 0.</param>
/// <param name="Key">Names the question over retries.</param>
/// <param name="Authorization">The key that came with it; null: none.</param>
/// <param name="Body">The request.</param>
public sealed record StandInRequest(int Number, string Key, string? Authorization, JsonObject Body)
{
    /// <summary>What is asked.</summary>
    public string Prompt => (string)Body["messages"]![0]!["content"]!;
}
