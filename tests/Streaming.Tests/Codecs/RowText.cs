using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tppo.Streaming.Tests;

/// <summary>A row as text, every value and the order of every list in it: rows with equal texts are equal.</summary>
internal static class RowText
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string[] Of<T>(IEnumerable<T> rows) => [.. rows.Select(r => JsonSerializer.Serialize(r, Options))];
}
