using TorchSharp;
using Tppo.Core.Numerics;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Models;

/// <summary>Special tokens and device travel with the decoder. Torch's device without memory stands for one that is not the CPU.</summary>
public class DeviceTests
{
    private static readonly SpecialTokens Others = new(Pad: 9, End: 17, Response: 5, Search: 21, Click: 22, Purchase: 23, Visit: 24);

    [Fact]
    public void Batches_lie_where_their_reader_does()
    {
        using var scope = NewDisposeScope();
        using var decoder = OnMeta();
        using var tree = TreeBatch.Build(decoder, [[10, 11], [12]], [[[20, 17], [21, 22, 17]], [[30, 17]]], TreeRead.Predicting);
        using var rows = RowBatch.Build(decoder, [[10, 11, 12], [20]]);
        Assert.All(decoder.Named(), named => Assert.Equal(DeviceType.META, named.Parameter.device_type));
        Tensor[] made = [tree.Prompt_PT, tree.Segments_PU, tree.Positions_PU, tree.Bias_P1US, tree.Reads_M, tree.Targets_M, rows.Ids_BT];
        Assert.All(made, tensor => Assert.Equal(DeviceType.META, tensor.device_type));
    }

    [Fact]
    public void Batches_are_padded_with_the_readers_own_padding_and_its_own_response_token_starts_responses()
    {
        using var scope = NewDisposeScope();
        using var decoder = new Decoder(Kind(CPU), DecoderHead.None, SeededRandom.For("test", 1));
        using var tree = TreeBatch.Build(decoder, [[10, 11], [12]], [[[20, 17]], [[30, 17]]], TreeRead.Predicting);
        var prompt = tree.Prompt_PT.data<long>().ToArray();
        Assert.Equal([10, 11, 12], prompt.Where(id => id != Others.Pad));
        Assert.Contains((long)Others.Pad, prompt);
        Assert.Contains((long)Others.Response, tree.Segments_PU.data<long>().ToArray());
    }

    [Fact]
    public void The_end_token_is_the_decoders_own_wherever_a_response_ends()
    {
        using var policy = new Decoder(Kind(CPU), DecoderHead.None, SeededRandom.For("test", 1));
        using var clone = policy.Clone();
        Assert.Equal(Others, clone.Specials);
        var samples = Learning.Sampling.Sampler.Sample(policy, Tiny.Prompts(200), 2, 6, (p, g) => SeededRandom.For("test", (10 * p) + g));
        Assert.Contains(samples, s => s.Finished);
        Assert.All(samples, s => Assert.Equal(s.Finished, s.Ids[^1] == Others.End));
    }

    private static DecoderKind Kind(Device device) => new(Tiny.Model, DecoderForm.Plain(Tiny.Model), Tied: true, Others, device);

    private static Decoder OnMeta() => new(Kind(META), DecoderHead.None, random: null);
}
