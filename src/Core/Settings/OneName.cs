using System.Text.Json;

namespace Tppo.Core.Settings;

/// <summary>The names of a kind's values as people write them, in snake_case.</summary>
public static class OneName
{
    /// <summary>The name of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value of exactly one name, upper or lower case; no number and no list is one.</summary>
    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        foreach (var known in Enum.GetValues<T>())
        {
            value = known;
            if (string.Equals(Of(known), name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        value = default;
        return false;
    }

    /// <summary>All names, for messages: a, b or c.</summary>
    public static string Choices<T>()
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetValues<T>().Select(Of)];
        return names.Length < 2 ? string.Concat(names) : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}
