using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Tppo.Core.Settings;

/// <summary>Run settings as JSON: unknown keys are refused, values are checked, and a hash names them.</summary>
public static class RunSettingsJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        Converters = { new OneNameConverter() },
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    // Keys that came after the first runs were recorded: at their defaults they enter no hash, so that those runs keep theirs.
    private static readonly (string? Group, string Key)[] AddedLater = [(null, "judge"), ("labels", "rate")];

    /// <summary>As indented JSON, every key written.</summary>
    public static string Write(RunSettings settings) => JsonSerializer.Serialize(settings, Options) + "\n";

    /// <summary>Reads settings; keys left out keep their defaults.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="FormatException">Not JSON, an unknown or doubled key, or a value out of its range: one line that names it.</exception>
    public static RunSettings Read(string json, string name)
    {
        RunSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize<RunSettings>(json, Options) ?? throw new FormatException($"{name}: expected an object, found null");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } n ? $":{n + 1}" : "";
            throw new FormatException($"{name}{line}: {Reason(e)}", e);
        }

        Check(settings, name);
        return settings;
    }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="FormatException">A value out of its range: one line that names it.</exception>
    public static void Check(RunSettings settings, string name)
    {
        CheckObject(settings, "", name);
        var model = settings.Model;
        if (model.Width % model.Heads != 0)
            throw new FormatException($"{name}: model.width: expected a multiple of model.heads ({model.Heads}), found {model.Width}");
        if (model.Heads % model.KeyValueHeads != 0)
            throw new FormatException($"{name}: model.heads: expected a multiple of model.key_value_heads ({model.KeyValueHeads}), found {model.Heads}");
        var windows = settings.Windows;
        if (windows.StateDaysMax < windows.HistoryDaysMax)
            throw new FormatException(
                FormattableString.Invariant(
                    $"{name}: windows.state_days_max: expected at least windows.history_days_max ({windows.HistoryDaysMax}), found {windows.StateDaysMax}"));
    }

    /// <summary>SHA-256 of the settings, in hex; where the input file lies does not enter.</summary>
    public static string Hash(RunSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Hashed(settings), Options)));

    /// <summary>The settings in which two runs differ: key, value here, value there.</summary>
    public static IReadOnlyList<(string Key, string Ours, string Theirs)> Differences(RunSettings ours, RunSettings theirs)
    {
        var a = Flat(JsonSerializer.SerializeToElement(WithoutPath(ours), Options), "").ToDictionary();
        var b = Flat(JsonSerializer.SerializeToElement(WithoutPath(theirs), Options), "").ToDictionary();
        return [.. a.Where(x => b[x.Key] != x.Value).Select(x => (x.Key, x.Value, b[x.Key]))];
    }

    private static RunSettings WithoutPath(RunSettings settings) => settings with { Input = settings.Input with { Path = "" } };

    private static JsonNode Hashed(RunSettings settings)
    {
        var hashed = JsonSerializer.SerializeToNode(WithoutPath(settings), Options)!;
        var defaults = JsonSerializer.SerializeToNode(new RunSettings(), Options)!;
        foreach (var (group, key) in AddedLater)
        {
            var (of, usual) = group is null ? (hashed, defaults) : (hashed[group]!, defaults[group]!);
            if (JsonNode.DeepEquals(of[key], usual[key])) of.AsObject().Remove(key);
        }

        return hashed;
    }

    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var reason = end < 0 ? e.Message : e.Message[..end];
        var key = e.Path is { Length: > 2 } path ? path[2..] : ""; // $.key
        return key.Length == 0 || reason.Contains($"'{key}'", StringComparison.Ordinal) ? reason : $"{key}: {reason}";
    }

    private static IEnumerable<KeyValuePair<string, string>> Flat(JsonElement element, string prefix) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(p => Flat(p.Value, prefix.Length == 0 ? p.Name : $"{prefix}.{p.Name}"))
            : [new KeyValuePair<string, string>(prefix, element.ToString())];

    private static void CheckObject(object settings, string prefix, string name)
    {
        foreach (var property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(settings);
            var key = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (value is null) throw new FormatException($"{name}: {key}: expected a value, found null");
            foreach (var range in property.GetCustomAttributes<RangeAttribute>())
            {
                if (!range.IsValid(value))
                    throw new FormatException(FormattableString.Invariant($"{name}: {key}: expected {range.Minimum} to {range.Maximum}, found {value}"));
            }

            if (value.GetType().Namespace!.StartsWith("Tppo", StringComparison.Ordinal) && value is not Enum and not IEnumerable)
                CheckObject(value, key + ".", name);
        }
    }
}
