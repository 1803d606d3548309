using System.Text.Json;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Checkpoints;

/// <summary>A decoder's shape as the transformers library's <c>config.json</c> for Llama.</summary>
/// <remarks>What that library has no name for stands under names that begin with tppo_, which it ignores.</remarks>
internal static class ModelConfig
{
    internal static byte[] Write(ModelSettings settings, SpecialTokens specials, DecoderHead head, bool tied)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(head == DecoderHead.None ? "LlamaForCausalLM" : "LlamaForTokenClassification");
            json.WriteEndArray();
            json.WriteString("model_type", "llama");
            json.WriteBoolean("attention_bias", false);
            json.WriteNumber("attention_dropout", 0.0);
            json.WriteNull("bos_token_id");
            json.WriteNumber("eos_token_id", specials.End);
            json.WriteNumber("pad_token_id", specials.Pad);
            json.WriteNumber("head_dim", settings.Width / settings.Heads);
            json.WriteString("hidden_act", "silu");
            json.WriteNumber("hidden_size", settings.Width);
            json.WriteNumber("initializer_range", settings.InitStd);
            json.WriteNumber("intermediate_size", settings.FeedForward);
            json.WriteNumber("max_position_embeddings", settings.PromptTokensMax + 1 + settings.ResponseTokensMax);
            json.WriteBoolean("mlp_bias", false);
            json.WriteNumber("num_attention_heads", settings.Heads);
            json.WriteNumber("num_hidden_layers", settings.Layers);
            json.WriteNumber("num_key_value_heads", settings.KeyValueHeads);
            json.WriteNumber("rms_norm_eps", settings.NormEpsilon);
            json.WriteNumber("rope_theta", settings.RopeTheta);
            json.WriteNull("rope_scaling");
            json.WriteBoolean("tie_word_embeddings", tied);
            json.WriteString("torch_dtype", "float32");
            json.WriteNumber("vocab_size", settings.Vocabulary);
            if (head != DecoderHead.None) WriteLabels(json, head);
            json.WriteNumber("tppo_prompt_tokens_max", settings.PromptTokensMax);
            json.WriteNumber("tppo_response_tokens_max", settings.ResponseTokensMax);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a shape; refuses what this decoder cannot do.</summary>
    /// <exception cref="InvalidDataException">The file is no such configuration, or asks for something else.</exception>
    internal static (ModelSettings Settings, bool Tied) Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            Refuse(path, root);
            var positions = Number(root, "max_position_embeddings", 161);
            var defaults = new ModelSettings();
            var settings = defaults with
            {
                Layers = root.GetProperty("num_hidden_layers").GetInt32(),
                Width = root.GetProperty("hidden_size").GetInt32(),
                Heads = root.GetProperty("num_attention_heads").GetInt32(),
                KeyValueHeads = root.GetProperty("num_key_value_heads").GetInt32(),
                FeedForward = root.GetProperty("intermediate_size").GetInt32(),
                Vocabulary = root.GetProperty("vocab_size").GetInt32(),
                NormEpsilon = root.GetProperty("rms_norm_eps").GetDouble(),
                RopeTheta = Rope(root).GetDouble(),
                InitStd = root.TryGetProperty("initializer_range", out var std) ? std.GetDouble() : defaults.InitStd,
                PromptTokensMax = Number(root, "tppo_prompt_tokens_max", Math.Max(8, positions - 1 - defaults.ResponseTokensMax)),
                ResponseTokensMax = Number(root, "tppo_response_tokens_max", defaults.ResponseTokensMax),
            };
            if (Number(root, "head_dim", settings.Width / settings.Heads) * settings.Heads != settings.Width)
            {
                throw new InvalidDataException($"{path}: head_dim is not hidden_size / num_attention_heads, the only width that is read here");
            }

            return (settings, root.TryGetProperty("tie_word_embeddings", out var tied) && tied.GetBoolean());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: not a Llama config.json: {e.Message}", e);
        }
    }

    private static void WriteLabels(Utf8JsonWriter json, DecoderHead head)
    {
        string[] labels = head == DecoderHead.Category ? ["none", "irrelevant", "relevant"] : ["value"];
        json.WriteStartObject("id2label");
        for (var i = 0; i < labels.Length; i++) json.WriteString($"{i}", labels[i]);
        json.WriteEndObject();
        json.WriteStartObject("label2id");
        for (var i = 0; i < labels.Length; i++) json.WriteNumber(labels[i], i);
        json.WriteEndObject();
    }

    private static void Refuse(string path, JsonElement root)
    {
        if (root.GetProperty("model_type").GetString() is var type and not "llama")
            throw new InvalidDataException($"{path}: model_type is {type}, expected llama");
        foreach (var name in (string[])["attention_bias", "mlp_bias"])
        {
            if (root.TryGetProperty(name, out var bias) && bias.ValueKind == JsonValueKind.True)
                throw new InvalidDataException($"{path}: {name} is true, which is not read here");
        }

        if (root.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind == JsonValueKind.Object)
        {
            throw new InvalidDataException($"{path}: rope_scaling is set, which is not read here");
        }
    }

    private static JsonElement Rope(JsonElement root)
    {
        if (!root.TryGetProperty("rope_parameters", out var rope) || rope.ValueKind != JsonValueKind.Object) return root.GetProperty("rope_theta");
        if (rope.TryGetProperty("rope_type", out var type) && type.GetString() != "default")
        {
            throw new InvalidDataException($"rope_parameters.rope_type is {type.GetString()}, expected default");
        }

        return rope.GetProperty("rope_theta");
    }

    private static int Number(JsonElement root, string name, int otherwise) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : otherwise;
}
