using System.Text.Json;
using TorchSharp;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Tests.Models;

/// <summary>Against a random Llama with grouped queries and an untied head, as the transformers library computes it.</summary>
public class GoldenModelTests
{
    private const double LogitTolerance = 1e-4;

    [Fact]
    public void Logits_are_those_of_transformers()
    {
        using var model = ModelFolder.Read(Golden.PathOf("llama-gqa"), DecoderHead.None);
        var expected = SafeTensors.Read(Golden.PathOf("llama-gqa", "expected.safetensors"));
        foreach (var (ids, index) in Sequences())
        {
            var logits = Tiny.PlainLogits(model, ids).SelectMany(row => row).ToArray();
            var wanted = Golden.Values(expected[$"logits.{index}"]);
            Assert.Equal(wanted.Length, logits.Length);
            Assert.True(logits.Zip(wanted, (a, b) => Math.Abs(a - b)).Max() < LogitTolerance);
        }

        foreach (var tensor in expected.Values) tensor.Dispose();
    }

    [Fact]
    public void Log_probs_at_a_temperature_are_those_of_transformers()
    {
        using var model = ModelFolder.Read(Golden.PathOf("llama-gqa"), DecoderHead.None);
        foreach (var ((ids, _), expected) in Sequences().Zip(ExpectedLogProbs()))
        {
            var logits = Tiny.PlainLogits(model, ids);
            var actual = expected.Select((_, t) => Tiny.LogProb(logits[t], ids[t + 1], 0.7)).ToArray();
            Assert.True(actual.Zip(expected, (a, b) => Math.Abs(a - b)).Append(0).Max() < 5e-4);
        }
    }

    [Fact]
    public void Eight_steps_of_AdamW_give_the_losses_and_norms_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.Read(Golden.PathOf("llama-gqa"), DecoderHead.None);
        using var optimiser = new AdamW(model, 0.9, 0.95, 0.1);
        var batches = SafeTensors.Read(Golden.PathOf("llama-gqa", "expected.safetensors"))["training.ids"];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("llama-gqa", "expected.json")));
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

    private static IEnumerable<(int[] Ids, int Index)> Sequences() =>
        Expected().Select((sequence, index) => (sequence.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()).ToArray(), index));

    private static IEnumerable<double[]> ExpectedLogProbs() =>
        Expected().Select(sequence => Golden.Numbers(sequence.GetProperty("logprob_next_at_temperature_0.7")));

    private static List<JsonElement> Expected()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("llama-gqa", "expected.json")));
        return [.. json.RootElement.Clone().GetProperty("sequences").EnumerateArray()];
    }
}
