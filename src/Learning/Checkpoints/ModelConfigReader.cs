using System.Text.Json;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Learning.Models;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// Reads the <c>config.json</c> of a Llama, Mistral, Qwen 2 or Qwen 3 as the transformers library writes it, version 4 or 5. What it asks
/// for and a <see cref="Decoder"/> does not have is refused by its key.
/// </summary>
internal sealed class ModelConfigReader
{
    private static readonly string[] Families = ["llama", "mistral", "qwen2", "qwen3"];
    private readonly string path;
    private readonly JsonElement root;
    private readonly string family;

    private ModelConfigReader(string path, JsonElement root)
    {
        (this.path, this.root) = (path, root);
        family = Text("model_type") ?? throw Expected("model_type", string.Join(", ", Families), "nothing");
        if (!Families.Contains(family)) throw Expected("model_type", string.Join(", ", Families), family);
    }

    /// <summary>Reads the shape, the blocks' form, and whether logits go through the token embedding.</summary>
    /// <exception cref="InvalidDataException">The file is no such configuration, or asks for something else.</exception>
    internal static (ModelSettings Settings, DecoderForm Form, bool Tied) Read(string path) => Read(path, reader =>
    {
        reader.RefuseWhatIsNotHere();
        var settings = reader.Settings();
        return (settings, reader.Form(settings), reader.Flag("tie_word_embeddings"));
    });

    /// <summary>Reads the tokens that end a text and that fill up rows: of several ends the first, and the end for both where only it is named.</summary>
    /// <exception cref="InvalidDataException">It names no end, or a token outside its vocabulary.</exception>
    internal static (int End, int Pad) ReadEnds(string path) => Read(path, reader =>
    {
        var most = reader.Whole("vocab_size", 1, 1 << 22) - 1;
        var end = reader.root.TryGetProperty("eos_token_id", out var named) && named.ValueKind == JsonValueKind.Array
            ? reader.FirstOf("eos_token_id", named, most)
            : reader.Whole("eos_token_id", 0, most);
        return (end, reader.Whole("pad_token_id", 0, most, end));
    });

    private static T Read<T>(string path, Func<ModelConfigReader, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: expected a JSON object");
            return read(new ModelConfigReader(path, json.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: not a model's config.json: {e.Message}", e);
        }
    }

    private ModelSettings Settings()
    {
        var defaults = new ModelSettings();
        var positions = Whole("max_position_embeddings", 1, 100_000_000, 161);
        return defaults with
        {
            Layers = Whole("num_hidden_layers", 1, 1024),
            Width = Whole("hidden_size", 1, 1 << 17),
            Heads = Whole("num_attention_heads", 1, 1 << 12),
            KeyValueHeads = Whole("num_key_value_heads", 1, 1 << 12, Whole("num_attention_heads", 1, 1 << 12)),
            FeedForward = Whole("intermediate_size", 1, 1 << 20),
            Vocabulary = Whole("vocab_size", 1, 1 << 22),
            NormEpsilon = Number(root, "rms_norm_eps", 0, 1) ?? 1e-6,
            RopeTheta = Theta(),
            InitStd = Number(root, "initializer_range", 0, 10) ?? defaults.InitStd,
            PromptTokensMax = Whole("tppo_prompt_tokens_max", 1, 100_000_000, Math.Max(8, positions - 1 - defaults.ResponseTokensMax)),
            ResponseTokensMax = Whole("tppo_response_tokens_max", 1, 100_000_000, defaults.ResponseTokensMax),
        };
    }

    private DecoderForm Form(ModelSettings settings)
    {
        if (settings.Heads % settings.KeyValueHeads != 0)
            throw Expected("num_key_value_heads", $"a divisor of num_attention_heads {settings.Heads}", $"{settings.KeyValueHeads}");
        if (!root.TryGetProperty("head_dim", out _) && settings.Width % settings.Heads != 0)
            throw Expected("hidden_size", $"a multiple of num_attention_heads {settings.Heads}, or a head_dim", $"{settings.Width}");
        var width = Whole("head_dim", 2, 1 << 12, settings.Width / settings.Heads);
        if (width % 2 != 0) throw Expected("head_dim", "an even number", $"{width}");
        var (window, from) = Window(settings.Layers);
        return new DecoderForm(width, family == "qwen2", family == "qwen3", window, from, Stretch());
    }

    private void RefuseWhatIsNotHere()
    {
        if (Text("hidden_act") is { } act and not "silu") throw Expected("hidden_act", "silu", act);
        if (root.TryGetProperty("quantization_config", out var quantised) && quantised.ValueKind != JsonValueKind.Null)
            throw Expected("quantization_config", "nothing: weights of 32 or 16 bits", "quantised weights");
        foreach (var key in (string[])["attention_bias", "mlp_bias"])
        {
            if (Flag(key)) throw Expected(key, "false", "true");
        }

        if (Number(root, "partial_rotary_factor", 0, 1) is { } part and not 1) throw Expected("partial_rotary_factor", "1", $"{part}");
    }

    // Mistral's window is in all layers; Qwen's, where it is used, from a layer on.
    private (int Tokens, int From) Window(int layers)
    {
        var isUsed = root.TryGetProperty("sliding_window", out var window) && window.ValueKind != JsonValueKind.Null
            && (family == "mistral" || (family != "llama" && Flag("use_sliding_window")));
        if (!isUsed) return (0, 0);
        var tokens = Whole("sliding_window", 1, int.MaxValue);
        var from = family == "mistral" ? 0 : Math.Min(layers, Whole("max_window_layers", 0, 1 << 16, layers));
        if (!root.TryGetProperty("layer_types", out var types) || types.ValueKind == JsonValueKind.Null) return (tokens, from);
        var kinds = types.EnumerateArray().Select(t => t.GetString()).ToArray();
        from = Array.IndexOf(kinds, "sliding_attention") is var first && first < 0 ? layers : first;
        for (var layer = 0; layer < kinds.Length; layer++)
        {
            var expected = layer < from ? "full_attention" : "sliding_attention";
            if (kinds[layer] != expected) throw Expected($"layer_types[{layer}]", $"{expected}, as in the layers beside it", kinds[layer] ?? "nothing");
        }

        return (tokens, from);
    }

    // Version 5 writes rope_parameters; version 4 wrote rope_theta and rope_scaling.
    private double Theta() => Number(Object("rope_parameters") ?? root, "rope_theta", 1, 1e12) ?? Number(root, "rope_theta", 1, 1e12) ?? 10_000;

    private RopeStretch? Stretch()
    {
        var key = Object("rope_parameters") is null ? "rope_scaling" : "rope_parameters";
        if (Object(key) is not { } rope) return null;
        var type = rope.TryGetProperty("rope_type", out var named) || rope.TryGetProperty("type", out named) ? named.GetString() : "default";
        if (type is "default") return null;
        if (type is not "llama3") throw Expected($"{key}.rope_type", "default or llama3", type ?? "nothing");
        double Needed(string name, double least, double most) =>
            Number(rope, name, least, most) ?? throw Expected($"{key}.{name}", "a number", "nothing");
        var stretch = new RopeStretch(
            Needed("factor", 1, 1e6), Needed("low_freq_factor", 1e-6, 1e6), Needed("high_freq_factor", 1e-6, 1e6),
            (int)Needed("original_max_position_embeddings", 1, 1e9));
        return stretch.High > stretch.Low ? stretch : throw Expected($"{key}.high_freq_factor", $"more than low_freq_factor {stretch.Low}", $"{stretch.High}");
    }

    private JsonElement? Object(string key) => root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private string? Text(string key) => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private bool Flag(string key) => root.TryGetProperty(key, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw Expected(key, "true or false", value.GetRawText()),
    };

    private int FirstOf(string key, JsonElement list, int most)
    {
        var first = list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Number && list[0].TryGetInt32(out var number) ? number : -1;
        return first >= 0 && first <= most ? first : throw Expected(key, $"whole numbers, 0 to {most}", list.GetRawText());
    }

    private int Whole(string key, int least, int most, int? otherwise = null)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return otherwise ?? throw Expected(key, $"a whole number, {least} to {most}", "nothing");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Expected(key, $"a whole number, {least} to {most}", value.GetRawText());
    }

    private double? Number(JsonElement of, string key, double least, double most)
    {
        if (!of.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Expected(key, FormattableString.Invariant($"a number, {least} to {most}"), value.GetRawText());
    }

    private InvalidDataException Expected(string key, string what, string found) =>
        new($"{path}: {key}: expected {what}; found {Printable.Short(found)}");
}
