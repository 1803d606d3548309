using System.Text.Json;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;
using Tppo.TestKit;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Tests.Models;

/// <summary>A real pretrained model gives what the transformers library computes with it.</summary>
[Trait(Suite.Trait, Suite.Long)]
public sealed class PretrainedModelTests(PretrainedFolders folders) : IClassFixture<PretrainedFolders>
{
    // Of 16-bit weights, to those of 32: the library's own are within .12.
    private const double NarrowTolerance = 0.2, MarginLeast = 0.01;

    [Theory]
    [InlineData("")]
    [InlineData("--shards 5")]
    [InlineData("--dtype bf16")]
    public void Its_logits_and_continuations_are_those_of_transformers(string options)
    {
        using var model = ModelFolder.Read(folders.Folder(options), DecoderHead.None);
        var isNarrow = options.Contains("bf16", StringComparison.Ordinal);
        var (expected, tolerance) = Expected();
        foreach (var sequence in expected.GetProperty("sequences").EnumerateArray())
        {
            var ids = Ints(sequence, "tokens");
            var logits = Tiny.PlainLogits(model, ids);
            var at = 0;
            foreach (var position in sequence.GetProperty("positions").EnumerateArray())
            {
                var wanted = Golden.Numbers(position.GetProperty("logits"));
                var differences = Ints(position, "ids").Select((id, i) => Math.Abs(logits[at][id] - wanted[i])).ToArray();
                Assert.InRange(differences.Max(), 0, isNarrow ? NarrowTolerance : tolerance);
                if (!isNarrow) Assert.Equal(position.Number("logsumexp"), LogSumExp(logits[at]), tolerance);
                at++;
            }

            if (isNarrow || sequence.Number("greedy_smallest_margin") < MarginLeast) continue;
            Assert.Equal(Ints(sequence, "greedy_24"), Greedy(model, ids, 24));
        }
    }

    [Fact]
    public void Its_tokens_are_those_of_its_tokenizer()
    {
        var tokenizer = Tokenizer.Load(Path.Combine(folders.Folder(), "tokenizer.json"));
        foreach (var sequence in Expected().Json.GetProperty("sequences").EnumerateArray())
        {
            // Those of a chat's own marks were read as such.
            var text = sequence.GetProperty("text").GetString()!;
            if (!text.Contains("<|", StringComparison.Ordinal)) Assert.Equal(Ints(sequence, "tokens"), tokenizer.Encode(text));
        }
    }

    [Fact]
    public void Four_steps_of_training_give_the_losses_and_norms_of_PyTorch()
    {
        using var model = ModelFolder.Read(folders.Folder(), DecoderHead.None);
        TrainAsExpected(model, "full");
    }

    [Fact]
    public void An_adapter_on_it_gives_the_logits_of_PEFT_before_and_after_four_steps_of_its_training()
    {
        var pretrained = folders.Folder();
        var folder = Directory.CreateTempSubdirectory("pretrained-adapter").FullName;
        foreach (var file in Directory.GetFiles(PretrainedFolders.Adapter)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var config = Path.Combine(folder, AdapterConfig.FileName);
        var text = File.ReadAllText(config);
        File.Delete(config);
        // As a path from the adapter's own folder.
        File.WriteAllText(config, text.Replace("HF_FOLDER", Path.GetRelativePath(folder, pretrained), StringComparison.Ordinal));
        try
        {
            using var model = ModelFolder.Read(folder, DecoderHead.None);
            var (expected, tolerance) = Expected();
            var adapter = expected.GetProperty("lora");
            RequirePositions(model, adapter.GetProperty("positions"));
            TrainAsExpected(model, "lora");
            RequirePositions(model, adapter.GetProperty("after_training"));

            void RequirePositions(Decoder decoder, JsonElement positions)
            {
                var logits = Tiny.PlainLogits(decoder, Ints(adapter, "tokens"));
                foreach (var (at, position) in positions.EnumerateArray().Index())
                {
                    var wanted = Golden.Numbers(position.GetProperty("logits"));
                    Assert.InRange(Ints(position, "ids").Select((id, i) => Math.Abs(logits[at][id] - wanted[i])).Max(), 0, tolerance);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void TrainAsExpected(Decoder model, string kind)
    {
        using var scope = NewDisposeScope();
        using var optimiser = new AdamW(model, 0.9, 0.95, 0);
        var training = Expected().Json.GetProperty("training");
        int[][] rows = [.. training.GetProperty("batch").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        var expected = training.GetProperty(kind);
        foreach (var step in expected.GetProperty("steps").EnumerateArray())
        {
            using var inner = NewDisposeScope();
            optimiser.ZeroGradients();
            var logits = model.Logits(model.Hidden(RowBatch.Build(model, rows)).narrow(1, 19, 20).reshape(40, -1));
            var loss = F.cross_entropy(logits, tensor(rows.SelectMany(row => row[20..]).Select(id => (long)id).ToArray()));
            loss.backward();
            var norm = optimiser.Step(expected.Number("lr"), 1.0);
            Golden.AssertClose([step.Number("loss"), step.Number("grad_norm")], [loss.ToDouble(), norm], "step", training.Number("tolerance_rel"));
        }
    }

    private static (JsonElement Json, double Tolerance) Expected()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(PretrainedFolders.Expected));
        return (json.RootElement.Clone(), json.RootElement.Number("tolerance_logits_abs"));
    }

    private static int[] Ints(JsonElement of, string key) => [.. of.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    private static double LogSumExp(float[] logits) => logits.Max() + Math.Log(logits.Sum(logit => Math.Exp(logit - (double)logits.Max())));

    // As the sampler goes on: token by token, with what it keeps of those before.
    private static int[] Greedy(Decoder model, int[] ids, int tokens)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var cache = new PromptCache(model, [ids[..^1]], 1, tokens);
        var next = new List<int> { ids[^1] };
        while (next.Count <= tokens) next.Add((int)cache.Step(tensor([(long)next[^1]]), next.Count - 1).argmax().ToInt64());
        return [.. next[1..]];
    }
}
