using System.Text.Json;
using System.Text.RegularExpressions;
using Tppo.Core.Text;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// The <c>adapter_config.json</c> of the PEFT library: low-rank adapters on linear layers. What it asks for and is not here is refused
/// by its key.
/// </summary>
internal sealed class AdapterConfig
{
    internal const string FileName = "adapter_config.json";

    /// <summary>The one module beside the adapters that is kept here: a head.</summary>
    internal const string Head = "score";

    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    // Each changes what an adapter is; none of them is here.
    private static readonly string[] Absent =
    [
        "alora_invocation_tokens", "arrow_config", "corda_config", "exclude_modules", "fan_in_fan_out", "kasa_config", "layer_replication", "lora_bias",
        "monteclora_config", "target_parameters", "trainable_token_indices", "use_bdlora", "use_dora", "use_qalora", "velora_config",
    ];

    private readonly string path;
    private readonly JsonElement root;

    private AdapterConfig(string path, JsonElement root)
    {
        (this.path, this.root) = (path, root);
        if (Text("peft_type") is not "LORA") throw Expected("peft_type", "LORA", Text("peft_type") ?? "nothing");
        if (Text("bias") is { } bias and not "none") throw Expected("bias", "none", bias);
        foreach (var key in Absent)
        {
            if (root.TryGetProperty(key, out var asked) && asked.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                throw Expected(key, "nothing or false", asked.GetRawText());
        }

        if (Has("layers_pattern", out var pattern) && pattern.ToString() is not "layers") throw Expected("layers_pattern", "layers", pattern.GetRawText());
        Base = Text("base_model_name_or_path") ?? throw Expected("base_model_name_or_path", "a folder", "nothing");
        HasHead = Has("modules_to_save", out var saved) && saved.ValueKind == JsonValueKind.Array && saved.GetArrayLength() > 0;
        if (HasHead && (saved.GetArrayLength() != 1 || saved[0].ToString() != Head))
            throw Expected("modules_to_save", $"nothing or [\"{Head}\"]", saved.GetRawText());
    }

    /// <summary>The folder of what the adapters stand on, absolute or from the adapter's own.</summary>
    internal string Base { get; }

    /// <summary>Whether a head is kept beside the adapters.</summary>
    internal bool HasHead { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">The file is none, or asks for something else.</exception>
    internal static AdapterConfig Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: expected a JSON object");
            return new AdapterConfig(path, json.RootElement.Clone());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: not an adapter's configuration: {e.Message}", e);
        }
    }

    /// <summary>Whether there is an adapter on a layer.</summary>
    /// <param name="module">The layer's name.</param>
    /// <param name="block">The block that it is in.</param>
    internal bool IsOn(string module, int block)
    {
        if (!Has("target_modules", out var targets)) throw Expected("target_modules", "names of layers", "nothing");
        var named = targets.ValueKind switch
        {
            JsonValueKind.String => targets.GetString() == "all-linear" || Matches("target_modules", $"^({targets.GetString()})$", module),
            JsonValueKind.Array => Targets(targets).Any(t => module == t || module.EndsWith("." + t, StringComparison.Ordinal)),
            _ => throw Expected("target_modules", "names of layers", targets.GetRawText()),
        };
        if (!named || !Has("layers_to_transform", out var blocks)) return named;
        return blocks.ValueKind == JsonValueKind.Array ? blocks.EnumerateArray().Any(b => Is(b, block)) : Is(blocks, block);

        static bool Is(JsonElement number, int block) => number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) && value == block;
    }

    /// <summary>Names among the targets that are no layer's.</summary>
    internal void RequireTargets(IReadOnlyCollection<string> modules)
    {
        if (!Has("target_modules", out var targets) || targets.ValueKind != JsonValueKind.Array) return;
        var other = Targets(targets).FirstOrDefault(t => !modules.Any(m => m == t || m.EndsWith("." + t, StringComparison.Ordinal)));
        if (other is not null) throw Expected("target_modules", "linear layers of blocks, such as q_proj", other);
    }

    /// <summary>An adapter's rank.</summary>
    internal int Rank(string module) => (int)Of("r", "rank_pattern", module, least: 1, most: 65536, whole: true);

    /// <summary>What an adapter's product is multiplied by: α / r, or α / √r where it says so.</summary>
    internal double Scale(string module)
    {
        var (alpha, rank) = (Of("lora_alpha", "alpha_pattern", module, least: -1e6, most: 1e6, whole: false), Rank(module));
        var isRooted = Has("use_rslora", out var rooted) && rooted.ValueKind == JsonValueKind.True;
        return alpha / (isRooted ? Math.Sqrt(rank) : rank);
    }

    /// <summary>What is not as it has to be.</summary>
    internal InvalidDataException Expected(string key, string what, string found) => new($"{path}: {key}: expected {what}; found {Printable.Short(found)}");

    private double Of(string key, string patterns, string module, double least, double most, bool whole)
    {
        if (Has(patterns, out var exceptions))
        {
            if (exceptions.ValueKind != JsonValueKind.Object) throw Expected(patterns, "numbers by names of layers", exceptions.GetRawText());
            foreach (var exception in exceptions.EnumerateObject())
            {
                if (Matches(patterns, $@"^(.*\.)?({exception.Name})$", module)) return Number($"{patterns}.{exception.Name}", exception.Value);
            }
        }

        return Has(key, out var value) ? Number(key, value) : throw Expected(key, "a number", "nothing");

        double Number(string name, JsonElement of)
        {
            var number = of.ValueKind == JsonValueKind.Number && of.TryGetDouble(out var read) ? read : double.NaN;
            if (number >= least && number <= most && (!whole || number == Math.Floor(number))) return number;
            throw Expected(name, FormattableString.Invariant($"{(whole ? "a whole number" : "a number")}, {least} to {most}"), of.GetRawText());
        }
    }

    private IEnumerable<string> Targets(JsonElement list) => list.EnumerateArray().Select(
        t => t.ValueKind == JsonValueKind.String ? t.GetString()! : throw Expected("target_modules", "names of layers", t.GetRawText()));

    // Others' patterns: they take no more than time in the length of a name.
    private bool Matches(string key, string pattern, string module)
    {
        try
        {
            return Regex.IsMatch(module, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTime);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            throw Expected(key, "patterns of names", pattern);
        }
    }

    private bool Has(string key, out JsonElement value) => root.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    private string? Text(string key) => Has(key, out var value) ? value.GetString() : null;
}
