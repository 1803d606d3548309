using System.Text.Json;
using TorchSharp;
using Tppo.Core.Numerics;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Sampling;
using Tppo.Learning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Tests.Models;

/// <summary>
/// Against random models of every family that is read, as the transformers library computes them: grouped queries and an untied head;
/// stretched positions, 16-bit weights and shards; a window; biases; norms of heads.
/// </summary>
public class GoldenModelTests
{
    private const double LogitTolerance = 1e-4;

    public static TheoryData<string> Names => ["llama-gqa", "llama3-rope-bf16", "mistral-window", "qwen2-bias", "qwen3-qknorm"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_transformers(string name)
    {
        using var model = ModelFolder.Read(Golden.PathOf(name), DecoderHead.None);
        var expected = SafeTensors.Read(Golden.PathOf(name, "expected.safetensors"));
        foreach (var (ids, index) in Sequences(name))
        {
            var logits = Tiny.PlainLogits(model, ids).SelectMany(row => row).ToArray();
            var wanted = Golden.Values(expected[$"logits.{index}"]);
            Assert.Equal(wanted.Length, logits.Length);
            Assert.True(logits.Zip(wanted, (a, b) => Math.Abs(a - b)).Max() < LogitTolerance);
        }

        foreach (var tensor in expected.Values) tensor.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Log_probs_at_a_temperature_are_those_of_transformers(string name)
    {
        using var model = ModelFolder.Read(Golden.PathOf(name), DecoderHead.None);
        foreach (var ((ids, _), expected) in Sequences(name).Zip(ExpectedLogProbs(name)))
        {
            var logits = Tiny.PlainLogits(model, ids);
            var actual = expected.Select((_, t) => Tiny.LogProb(logits[t], ids[t + 1], 0.7)).ToArray();
            Assert.True(actual.Zip(expected, (a, b) => Math.Abs(a - b)).Append(0).Max() < 5e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_likeliest_continuations_are_those_of_transformers(string name)
    {
        using var model = ModelFolder.Read(Golden.PathOf(name), DecoderHead.None);
        foreach (var sequence in Expected(name))
        {
            var ids = Ints(sequence, "tokens").ToList();
            var (start, wanted) = (ids.Count, Ints(sequence, "greedy_16"));
            for (var step = 0; step < wanted.Length; step++)
            {
                var last = Tiny.PlainLogits(model, [.. ids])[^1];
                ids.Add(Array.IndexOf(last, last.Max()));
            }

            Assert.Equal(wanted, ids[start..]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sampling_and_training_read_a_response_as_a_plain_pass_does(string name)
    {
        using var model = ModelFolder.Read(Golden.PathOf(name), DecoderHead.None);
        var prompts = Tiny.Prompts(5);
        var samples = Sampler.Sample(model, prompts, 2, 12, (prompt, number) => SeededRandom.For("golden-sample", (10 * prompt) + number));
        var trained = ResponseLogProbs.Of(model, prompts, [.. samples.Select(sample => sample.Ids).Chunk(2)]).SelectMany(of => of).ToArray();
        for (var i = 0; i < samples.Length; i++)
        {
            var (prompt, ids) = (prompts[i / 2], samples[i].Ids);
            var logits = Tiny.PlainLogits(model, [.. prompt, model.Specials.Response, .. ids]);
            for (var t = 0; t < ids.Length; t++)
            {
                var plain = Tiny.LogProb(logits[prompt.Length + t], ids[t]);
                Assert.Equal(plain, samples[i].LogProbs[t], 2e-4);
                Assert.Equal(plain, trained[i][t], 2e-4);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Eight_steps_of_AdamW_give_the_losses_and_norms_of_PyTorch(string name)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.Read(Golden.PathOf(name), DecoderHead.None);
        using var optimiser = new AdamW(model, 0.9, 0.95, 0.1);
        var batches = SafeTensors.Read(Golden.PathOf(name, "expected.safetensors"))["training.ids"];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf(name, "expected.json")));
        var step = 0;
        foreach (var expected in json.RootElement.GetProperty("training").GetProperty("steps").EnumerateArray())
        {
            var ids = batches[step++ % 2].contiguous().data<long>().ToArray().Chunk(20).Select(row => row.Select(id => (int)id).ToArray()).ToArray();
            optimiser.ZeroGradients();
            var logits = model.Logits(model.Hidden(RowBatch.Build(model, ids))).narrow(1, 9, 10).reshape(40, -1);
            var targets = tensor(ids.SelectMany(row => row[10..]).Select(id => (long)id).ToArray());
            var loss = F.cross_entropy(logits, targets);
            loss.backward();
            var norm = optimiser.Step(1e-3, 1.0);
            Golden.AssertClose([expected.Number("loss"), expected.Number("grad_norm")], [loss.ToDouble(), norm], $"step {step}", 1e-3);
        }

        Assert.Equal(8, step);
    }

    private static IEnumerable<(int[] Ids, int Index)> Sequences(string name) =>
        Expected(name).Select((sequence, index) => (Ints(sequence, "tokens"), index));

    private static IEnumerable<double[]> ExpectedLogProbs(string name) =>
        Expected(name).Select(sequence => Golden.Numbers(sequence.GetProperty("logprob_next_at_temperature_0.7")));

    private static int[] Ints(JsonElement of, string key) => [.. of.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    private static List<JsonElement> Expected(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf(name, "expected.json")));
        return [.. json.RootElement.Clone().GetProperty("sequences").EnumerateArray()];
    }
}
