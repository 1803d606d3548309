using System.Text.Json;
using Tppo.Learning.Models;

namespace Tppo.Learning.Checkpoints;

/// <summary>Writes the <c>adapter_config.json</c> of adapters; <see cref="AdapterConfig"/> reads it.</summary>
internal static class AdapterConfigWriter
{
    internal static byte[] Write(DecoderKind kind, IReadOnlyList<LowRank> adapters, DecoderHead head, string under)
    {
        // What most of them have stands for all; the others are named.
        var groups = adapters.GroupBy(a => (a.Rank, Alpha: a.Scale * a.Rank)).OrderByDescending(g => g.Count()).ToList();
        var (rank, alpha) = groups[0].Key;
        var others = groups.Skip(1).SelectMany(g => g.Select(a => (a.Module, g.Key.Rank, g.Key.Alpha))).ToList();
        var modules = adapters.Select(a => a.Module).ToHashSet(StringComparer.Ordinal);
        var all = DecoderNames.Linear(kind).ToList();
        string[] targets = [.. modules.Select(m => m[(m.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)];
        int[] blocks = [.. all.Where(l => modules.Contains(l.Module)).Select(l => l.Block).Distinct()];
        if (targets.Length * blocks.Length != modules.Count)
        {
            // Not the same layers in each block: all are named.
            targets = [.. modules.Order(StringComparer.Ordinal)];
            blocks = [.. Enumerable.Range(0, kind.Settings.Layers)];
        }


        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            Numbers(json, "alpha_pattern", others.Where(o => o.Alpha != alpha).Select(o => (o.Module, o.Alpha)));
            json.WriteString("base_model_name_or_path", under);
            json.WriteString("bias", "none");
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);
            if (blocks.Length == kind.Settings.Layers) json.WriteNull("layers_to_transform");
            else List(json, "layers_to_transform", blocks, json.WriteNumberValue);
            json.WriteNumber("lora_alpha", alpha);
            json.WriteNumber("lora_dropout", 0.0);
            if (head == DecoderHead.None) json.WriteNull("modules_to_save");
            else List(json, "modules_to_save", [AdapterConfig.Head], json.WriteStringValue);
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", rank);
            Numbers(json, "rank_pattern", others.Where(o => o.Rank != rank).Select(o => (o.Module, (double)o.Rank)));
            List(json, "target_modules", targets, json.WriteStringValue);
            json.WriteString("task_type", head == DecoderHead.None ? "CAUSAL_LM" : "TOKEN_CLS");
            json.WriteBoolean("use_dora", false);
            json.WriteBoolean("use_rslora", false);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void List<T>(Utf8JsonWriter json, string key, IEnumerable<T> values, Action<T> write)
    {
        json.WriteStartArray(key);
        foreach (var value in values) write(value);
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string key, IEnumerable<(string Module, double Value)> values)
    {
        json.WriteStartObject(key);
        foreach (var (module, value) in values) json.WriteNumber(module.Replace(".", "\\.", StringComparison.Ordinal), value);
        json.WriteEndObject();
    }
}
