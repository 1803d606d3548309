using System.Text.Json;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Checkpoints;

/// <summary>Writes a decoder's shape as the transformers library's <c>config.json</c> for Llama; <see cref="ModelConfigReader"/> reads it.</summary>
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
}
