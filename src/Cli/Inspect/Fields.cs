using System.Text.Json;
using Tppo.Core.Settings;

namespace Tppo.Cli.Inspect;

/// <summary>Reads an input's fields, and refuses by its name what is not as it has to be.</summary>
internal static class Fields
{
    private const int ShownMax = 40;

    /// <summary>A field that has to be there.</summary>
    public static JsonElement Of(JsonElement input, string name) =>
        Has(input, name, out var value) ? value : throw new FormatException($"{name}: expected a value, found none");

    /// <summary>A field that may be left out.</summary>
    public static bool Has(JsonElement input, string name, out JsonElement value)
    {
        if (input.ValueKind != JsonValueKind.Object) throw Other("input", "an object", input);
        return input.TryGetProperty(name, out value);
    }

    /// <summary>A finite number.</summary>
    public static double Number(JsonElement value, string name, double least = double.NegativeInfinity, double most = double.PositiveInfinity)
    {
        var found = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : double.NaN;
        if (!double.IsFinite(found)) throw Other(name, "a finite number", value);
        if (found >= least && found <= most) return found;
        throw Other(name, double.IsFinite(most) ? FormattableString.Invariant($"{least} to {most}") : FormattableString.Invariant($"at least {least}"), value);
    }

    /// <summary>A whole number.</summary>
    public static int Whole(JsonElement value, string name, int least = 0, int most = int.MaxValue)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        throw Other(name, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}", value);
    }

    /// <summary>A number above 0.</summary>
    public static double Positive(JsonElement value, string name) =>
        Number(value, name) is > 0 and var number ? number : throw Other(name, "more than 0", value);

    public static bool Flag(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Other(name, "true or false", value),
    };

    public static string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Other(name, "a text", value);

    /// <summary>One name of a kind's values.</summary>
    public static T OneOf<T>(JsonElement value, string name)
        where T : struct, Enum => value.ValueKind == JsonValueKind.String && OneName.TryParse<T>(value.GetString(), out var found)
            ? found
            : throw Other(name, OneName.Choices<T>(), value);

    /// <summary>A list, of as many items as another field has where that is said.</summary>
    public static JsonElement[] List(JsonElement value, string name, (int Count, string Items, string Like)? expected = null)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Other(name, "a list", value);
        if (expected is not { } e || value.GetArrayLength() == e.Count) return [.. value.EnumerateArray()];
        throw new FormatException($"{name}: expected {e.Count} {e.Items} as in {e.Like}, found {value.GetArrayLength()}");
    }

    /// <summary>A list of finite numbers.</summary>
    public static double[] Row(JsonElement value, string name, (int Count, string Items, string Like)? expected = null) =>
        [.. List(value, name, expected).Select((x, i) => Number(x, $"{name}[{i}]"))];

    /// <summary>What is refused.</summary>
    public static FormatException Other(string name, string expected, JsonElement found)
    {
        var raw = found.GetRawText();
        return new FormatException($"{name}: expected {expected}, found {(raw.Length > ShownMax ? raw[..ShownMax] + "…" : raw)}");
    }
}
