using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Numerics;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Training;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Models;

/// <summary>Low-rank adapters, against the PEFT library and against what has to hold of them.</summary>
public sealed class AdapterTests : IDisposable
{
    private const string Name = "llama-gqa-lora";
    private const double LogitTolerance = 1e-4;
    private static readonly AdapterForm Upper = new(Rank: 3, Alpha: 6, AdapterForm.AllLinear, FromLayer: 1);
    private readonly string folder = Directory.CreateTempSubdirectory("adapter-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Logits_with_adapters_are_those_of_PEFT_and_so_are_those_of_the_merged_model()
    {
        using var adapted = ModelFolder.Read(Golden.PathOf(Name), DecoderHead.None);
        using var merged = adapted.Merged();
        var expected = SafeTensors.Read(Golden.PathOf(Name, "expected.safetensors"));
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf(Name, "expected.json")));
        Assert.Equal(14, adapted.Adapters.Count);
        foreach (var (index, sequence) in json.RootElement.GetProperty("sequences").EnumerateArray().Index())
        {
            int[] ids = [.. sequence.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
            var wanted = Golden.Values(expected[$"logits.{index}"]);
            foreach (var decoder in new[] { adapted, merged })
            {
                var logits = Tiny.PlainLogits(decoder, ids).SelectMany(row => row).ToArray();
                Assert.Equal(wanted.Length, logits.Length);
                Assert.InRange(logits.Zip(wanted, (a, b) => Math.Abs(a - b)).Max(), 0, LogitTolerance);
            }
        }

        var weight = DecoderNames.Export(merged).First(named => named.Name == "model.layers.0.self_attn.q_proj.weight").Weight;
        Assert.InRange(Golden.Values(expected["merged.q_proj.0"]).Zip(Golden.Values(weight), (a, b) => Math.Abs(a - b)).Max(), 0, 1e-6);
        foreach (var tensor in expected.Values) tensor.Dispose();
    }

    [Fact]
    public void Written_and_read_again_they_are_the_same_bytes_under_the_names_of_PEFT()
    {
        using var adapted = ModelFolder.Read(Golden.PathOf(Name), DecoderHead.None);
        AdapterFolder.Write(folder, adapted, Golden.PathOf("llama-gqa"));
        using var again = ModelFolder.Read(folder, DecoderHead.None);
        Assert.Equal(Tiny.Bytes(adapted), Tiny.Bytes(again));
        using var written = SafeTensorsFile.Open(Path.Combine(folder, AdapterFolder.WeightsFile));
        using var original = SafeTensorsFile.Open(Golden.PathOf(Name, AdapterFolder.WeightsFile));
        Assert.Equal(original.Entries.Keys.Order(StringComparer.Ordinal), written.Entries.Keys.Order(StringComparer.Ordinal));
        foreach (var name in original.Entries.Keys)
        {
            using var theirs = original.Read(name);
            using var ours = written.Read(name);
            Assert.Equal(theirs.dtype, ours.dtype);
            Assert.Equal(theirs.bytes.ToArray(), ours.bytes.ToArray());
        }
    }

    [Fact]
    public void Fresh_ones_change_nothing_and_training_moves_them_alone()
    {
        using var plain = Tiny.Policy();
        var frozen = Tiny.Bytes(plain);
        using var adapted = new Decoder(plain.Backbone.Share(), Upper.Fresh(plain.Kind, SeededRandom.For("adapters", 1)), DecoderHead.None, null);
        Assert.Equal(7, adapted.Adapters.Count);
        Assert.All(adapted.Adapters, a => Assert.StartsWith("model.layers.1.", a.Module, StringComparison.Ordinal));
        var prompts = Tiny.Prompts(3);
        var responses = Tiny.Responses(3, 2);
        var before = ResponseLogProbs.Of(adapted, prompts, responses);
        Assert.Equal(ResponseLogProbs.Of(plain, prompts, responses).SelectMany(w => w).SelectMany(r => r), before.SelectMany(w => w).SelectMany(r => r));

        var first = Train(adapted, prompts, responses, steps: 20);
        Assert.True(Train(adapted, prompts, responses, steps: 1) < first - 0.3);
        Assert.Equal(frozen, (byte[])[.. plain.Backbone.Named().SelectMany(named => named.Parameter.bytes.ToArray())]);
        Assert.All(plain.Backbone.Named(), named => Assert.Null(named.Parameter.grad));

        using var merged = adapted.Merged();
        var after = ResponseLogProbs.Of(adapted, prompts, responses).SelectMany(w => w).SelectMany(r => r).ToArray();
        var ofMerged = ResponseLogProbs.Of(merged, prompts, responses).SelectMany(w => w).SelectMany(r => r).ToArray();
        Assert.InRange(after.Zip(ofMerged, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
        Assert.True(after.Zip(before.SelectMany(w => w).SelectMany(r => r), (a, b) => Math.Abs(a - b)).Max() > 0.1);
    }

    [Fact]
    public void Their_gradients_are_those_that_small_changes_show()
    {
        using var plain = Tiny.Policy();
        using var adapted = new Decoder(plain.Backbone.Share(), Upper.Fresh(plain.Kind, SeededRandom.For("adapters", 1)), DecoderHead.None, null);
        var (prompts, responses) = (Tiny.Prompts(2), Tiny.Responses(2, 2));
        // B away from zero, where nothing would reach A.
        Train(adapted, prompts, responses, steps: 5);
        foreach (var (_, weight) in adapted.Named()) weight.grad = null;
        using var batch = TreeBatch.Build(adapted, prompts, responses, TreeRead.Predicting);
        adapted.LogProbs(batch).sum().backward();
        var random = SeededRandom.For("directions", 1);
        string[] looked = ["q_proj", "down_proj"];
        foreach (var (name, weight) in adapted.Named().Where(named => Array.Exists(looked, named.Name.Contains)))
        {
            float[] direction = [.. Enumerable.Range(0, (int)weight.numel()).Select(_ => (float)random.NextGaussian())];
            using var step = tensor(direction, weight.shape);
            var expected = (Sum(step, 1e-2) - Sum(step, -1e-2)) / 2e-2;
            var found = Golden.Values(weight.grad!.mul(step).sum())[0];
            Assert.True(Math.Abs(expected - found) < 0.02 * Math.Max(1, Math.Abs(expected)), $"{name}: {expected} by small changes, {found} by the gradient");

            double Sum(Tensor along, double by)
            {
                using var noGradients = no_grad();
                weight.add_(along * by);
                var sum = Golden.Values(adapted.LogProbs(batch)).Sum();
                weight.sub_(along * by);
                return sum;
            }
        }
    }

    [Fact]
    public void Adapters_may_stand_on_adapters_and_a_head_beside_them()
    {
        using (var plain = Tiny.Policy()) ModelFolder.Write(Path.Combine(folder, "base"), plain, Tiny.Model);
        using (var first = Adapted("base", new AdapterForm(2, 4, ["q_proj", "down_proj"]), DecoderHead.None, 1))
            AdapterFolder.Write(Path.Combine(folder, "first"), first, "../base");
        byte[] written;
        float[] scores;
        using (var second = Adapted("first", Upper, DecoderHead.Category, 2))
        {
            AdapterFolder.Write(Path.Combine(folder, "second"), second, "../first");
            (written, scores) = (Tiny.Bytes(second), Scores(second));
        }

        var before = TorchRuntime.LiveTensors;
        ModelFolder.Read(Path.Combine(folder, "second"), DecoderHead.Category).Dispose();
        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
        using var read = ModelFolder.Read(Path.Combine(folder, "second"), DecoderHead.Category);
        Assert.Equal(written, Tiny.Bytes(read));
        Assert.Equal(scores, Scores(read));
        Assert.Equal(Path.Combine(folder, "base"), AdapterFolder.Root(Path.Combine(folder, "second")));
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.WriteLike(Path.Combine(folder, "whole"), read, Path.Combine(folder, "second")));
        Assert.Contains("a head beside its adapters", refused.Message, StringComparison.Ordinal);

        float[] Scores(Decoder decoder)
        {
            using var batch = TreeBatch.Build(decoder, Tiny.Prompts(2), Tiny.Responses(2, 2), TreeRead.Own);
            using var noGradients = no_grad();
            return decoder.Scores(batch).ToFloats();
        }
    }

    [Fact]
    public void Adapters_on_adapters_are_written_as_one_of_both_ranks_for_who_knows_no_stacks()
    {
        using (var plain = Tiny.Policy()) ModelFolder.Write(Path.Combine(folder, "base"), plain, Tiny.Model);
        using (var first = Adapted("base", new AdapterForm(2, 4, ["q_proj", "down_proj"]), DecoderHead.None, 1))
            AdapterFolder.Write(Path.Combine(folder, "first"), first, "../base");
        using (var second = Adapted("first", Upper, DecoderHead.None, 2)) AdapterFolder.Write(Path.Combine(folder, "second"), second, "../first");
        ModelFolder.WriteAdapters(Path.Combine(folder, "stacked"), Path.Combine(folder, "second"));

        using var stacked = ModelFolder.Read(Path.Combine(folder, "stacked"), DecoderHead.None);
        using var read = ModelFolder.Read(Path.Combine(folder, "second"), DecoderHead.None);
        // Two of the lower block, seven of the upper; two of these are of both.
        Assert.Equal([2, 2, 3, 3, 3, 3, 3, 5, 5], stacked.Adapters.Select(a => a.Rank).Order());
        var (ofStacked, ofRead) = (Tiny.PlainLogits(stacked, [9, 10, 11]), Tiny.PlainLogits(read, [9, 10, 11]));
        Assert.InRange(ofStacked.SelectMany(r => r).Zip(ofRead.SelectMany(r => r), (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "stacked", AdapterConfig.FileName)));
        Assert.Equal(Path.Combine(folder, "base"), config.RootElement.GetProperty("base_model_name_or_path").GetString());
    }

    [Fact]
    public void The_last_of_those_that_share_a_backbone_lets_go_of_it()
    {
        var before = TorchRuntime.LiveTensors;
        var plain = Tiny.Policy();
        var adapted = new Decoder(plain.Backbone.Share(), Upper.Fresh(plain.Kind, SeededRandom.For("adapters", 1)), DecoderHead.Value, null);
        var clone = adapted.Clone();
        plain.Dispose();
        adapted.Dispose();
        Assert.True(TorchRuntime.LiveTensors > before);
        Assert.NotEmpty(ResponseLogProbs.Of(clone, Tiny.Prompts(2), Tiny.Responses(2, 2)));
        clone.Dispose();
        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
    }

    [Theory]
    [InlineData("a base that is not there", "base_model_name_or_path", "\"HuggingFaceTB/SmolLM2\"", "HuggingFaceTB/SmolLM2")]
    [InlineData("a base that stands on it", "base_model_name_or_path", "\"../second\"", "does not itself stand on this one")]
    [InlineData("itself as its base", "base_model_name_or_path", "\".\"", "does not itself stand on this one")]
    [InlineData("another kind", "peft_type", "\"IA3\"", "IA3")]
    [InlineData("no kind", "peft_type", "null", "expected LORA")]
    [InlineData("decomposed weights", "use_dora", "true", "use_dora")]
    [InlineData("biases", "bias", "\"all\"", "expected none")]
    [InlineData("turned weights", "fan_in_fan_out", "true", "fan_in_fan_out")]
    [InlineData("other modules", "modules_to_save", "[\"lm_head\"]", "lm_head")]
    [InlineData("layers that are none", "target_modules", "[\"q_proj\", \"embed_tokens\"]", "embed_tokens")]
    [InlineData("a number for layers", "target_modules", "7", "target_modules")]
    [InlineData("a pattern that is none", "target_modules", "\"(q_proj\"", "target_modules")]
    [InlineData("fewer layers than weights", "target_modules", "[\"q_proj\"]", "is no weight of the adapters")]
    [InlineData("another rank", "r", "5", "expected [5, 48]")]
    [InlineData("a rank of millions", "r", "2000000", "expected a whole number")]
    [InlineData("a rank for one layer", "rank_pattern", "{\"layers.0.self_attn.q_proj\": 9}", "expected [9, 48]")]
    [InlineData("no rank", "r", "null", "expected a number")]
    [InlineData("a text for a number", "lora_alpha", "\"8\"", "lora_alpha")]
    [InlineData("blocks that it has not", "layers_to_transform", "[0]", "is no weight of the adapters")]
    public void What_is_not_as_it_has_to_be_is_refused_by_its_key(string what, string key, string value, string named)
    {
        Assert.NotEmpty(what);
        foreach (var name in new[] { "first", "second" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.Copy(Golden.PathOf(Name, AdapterFolder.WeightsFile), Path.Combine(folder, name, AdapterFolder.WeightsFile));
            var config = JsonNode.Parse(File.ReadAllBytes(Golden.PathOf(Name, AdapterConfig.FileName)))!.AsObject();
            config["base_model_name_or_path"] = name == "first" ? Golden.PathOf("llama-gqa") : "../first";
            if (name == "first" || key != "base_model_name_or_path") config[key] = JsonNode.Parse(value);
            File.WriteAllText(Path.Combine(folder, name, AdapterConfig.FileName), config.ToJsonString());
        }

        var before = TorchRuntime.LiveTensors;
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.Read(Path.Combine(folder, "first"), DecoderHead.None));
        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static double Train(Decoder decoder, int[][] prompts, int[][][] responses, int steps)
    {
        using var optimiser = new AdamW(decoder);
        var first = 0.0;
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimiser.ZeroGradients();
            using var batch = TreeBatch.Build(decoder, prompts, responses, TreeRead.Predicting);
            var loss = -decoder.LogProbs(batch).mean();
            if (step == 0) first = loss.Number();
            loss.backward();
            optimiser.Step(0.02, 1);
        }

        optimiser.ZeroGradients();
        return first;
    }

    // On the merged weights of a folder; B is moved away from zero.
    private Decoder Adapted(string under, AdapterForm form, DecoderHead head, long seed)
    {
        using var start = ModelFolder.Read(Path.Combine(folder, under), DecoderHead.None);
        using var merged = start.Merged();
        var decoder = new Decoder(merged.Backbone.Share(), form.Fresh(merged.Kind, SeededRandom.For("adapters", seed)), head, SeededRandom.For("head", seed));
        using var noGradients = no_grad();
        foreach (var adapter in decoder.Adapters) adapter.Up_OR.add_(0.05);
        return decoder;
    }
}
