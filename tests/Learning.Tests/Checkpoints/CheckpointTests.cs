using System.Text;
using System.Text.Json;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("checkpoint-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tensors_of_every_type_come_back_as_they_were()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["f32"] = tensor(new[] { 1.5f, -2, float.NaN }),
            ["f64"] = tensor(new double[,] { { 1, 2 }, { 3, 4 } }),
            ["bf16"] = tensor(new[] { 1.5f, 3 }).to(bfloat16),
            ["f16"] = tensor(new[] { 1.5f, 3 }).to(float16),
            ["i64"] = tensor(long.MaxValue),
            ["i32"] = tensor(new[] { 1, -1 }),
            ["u8"] = tensor(new byte[] { 0, 255 }),
            ["bool"] = tensor(new[] { true, false }),
            ["transposed"] = arange(6, float32).reshape(2, 3).t(),
            ["empty"] = zeros([0, 3], float32),
        };
        var path = Path.Combine(folder, "all.safetensors");
        SafeTensors.Write(path, tensors);
        var read = SafeTensors.Read(path);
        Assert.Equal(tensors.Count, read.Count);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.contiguous().bytes.ToArray(), read[name].bytes.ToArray());
            read[name].Dispose();
        }
    }

    [Fact]
    public void Equal_tensors_give_equal_bytes_in_any_order_and_the_data_is_aligned()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor(new[] { 1f, 2 }), tensor(new[] { 3f }));
        var (first, second) = (Path.Combine(folder, "1"), Path.Combine(folder, "2"));
        SafeTensors.Write(first, [new("b", b), new("a", a)]);
        SafeTensors.Write(second, [new("a", a), new("b", b)]);
        var bytes = File.ReadAllBytes(first);
        Assert.Equal(bytes, File.ReadAllBytes(second));
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
        Assert.Equal(1f, BitConverter.ToSingle(bytes, 8 + (int)BitConverter.ToInt64(bytes)));
    }

    [Fact]
    public void Damaged_files_are_refused_in_one_line_that_names_them()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "damaged.safetensors");
        SafeTensors.Write(path, [new("a", tensor(new[] { 1f, 2 }))]);
        var good = File.ReadAllBytes(path);
        byte[][] damaged =
        [
            [], good[..7], good[..20], good[..^1], [.. BitConverter.GetBytes(long.MaxValue), .. good[8..]],
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("F32", "F99", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("[2]", "[9]", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("data_offsets", "date_offsets", StringComparison.Ordinal)),
        ];
        var before = TorchRuntime.LiveTensors;
        foreach (var bytes in damaged)
        {
            File.WriteAllBytes(path, bytes);
            Assert.Contains("damaged.safetensors", Assert.Throws<InvalidDataException>(() => SafeTensors.Read(path)).Message, StringComparison.Ordinal);
        }

        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
    }

    [Theory]
    [InlineData(DecoderHead.None)]
    [InlineData(DecoderHead.Category)]
    [InlineData(DecoderHead.Value)]
    public void A_model_comes_back_with_shape_weights_and_bytes(DecoderHead head)
    {
        using var model = Tiny.Policy(3, head);
        ModelFolder.Write(folder, model, Tiny.Model, BpeTrainer.Train(["a b"], 263));
        using var read = ModelFolder.Read(folder, head);
        Assert.Equal(Tiny.Model, read.Settings);
        Assert.Equal(Tiny.Bytes(model), Tiny.Bytes(read));
        var bytes = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        ModelFolder.Write(folder, read, read.Settings);
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(263, Tokenizer.Load(Path.Combine(folder, "tokenizer.json")).VocabularySize);
    }

    [Fact]
    public void The_policys_files_have_the_names_of_transformers()
    {
        using var model = Tiny.Policy();
        ModelFolder.Write(folder, model, Tiny.Model);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("llama-gqa", "config.json")));
        // Newer releases group the rotary settings and name the type otherwise; they read the older names too.
        string[] renamed = ["rope_parameters", "dtype", "transformers_version", "use_cache", "pretraining_tp"];
        Assert.All(
            golden.RootElement.EnumerateObject().Select(of => of.Name).Except(renamed),
            name => Assert.True(config.RootElement.TryGetProperty(name, out _), name));
        Assert.Equal("LlamaForCausalLM", config.RootElement.GetProperty("architectures")[0].GetString());
        Assert.True(config.RootElement.GetProperty("tie_word_embeddings").GetBoolean());

        var (mine, theirs) = (SafeTensors.Read(Path.Combine(folder, "model.safetensors")), SafeTensors.Read(Golden.PathOf("llama-gqa", "model.safetensors")));
        Assert.Equal(theirs.Keys.Where(name => name != "lm_head.weight").Order(), mine.Keys.Order());
        foreach (var tensor in mine.Values.Concat(theirs.Values)) tensor.Dispose();
    }

    [Fact]
    public void A_model_of_another_kind_or_without_a_weight_is_refused()
    {
        using var model = Tiny.Policy();
        ModelFolder.Write(folder, model, Tiny.Model);
        Assert.Contains(
            "score.weight", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder, DecoderHead.Category)).Message, StringComparison.Ordinal);
        var config = Path.Combine(folder, "config.json");
        var text = File.ReadAllText(config);
        (string, string)[] changes =
        [
            ("\"llama\"", "\"gpt2\""), ("\"attention_bias\": false", "\"attention_bias\": true"),
            ("\"head_dim\": 8", "\"head_dim\": 16"), ("\"vocab_size\"", "\"vocab\""),
        ];
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(config, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Contains(
                "config.json", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder, DecoderHead.None)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_optimisers_state_comes_back_and_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        using var policy = Tiny.Policy();
        using var optimiser = new AdamW(policy);
        policy.Logits(policy.Hidden(RowBatch.Build(policy, [[10, 11, 12]]))).sum().backward();
        optimiser.Step(1e-3, 1);
        var path = Path.Combine(folder, "state");
        SafeTensors.Write(path, optimiser.State());
        using var other = new AdamW(policy);
        other.Load(SafeTensors.Read(path));
        Assert.Equal(1, other.Steps);
        foreach (var (name, tensor) in optimiser.State()) Assert.Equal(tensor.bytes.ToArray(), other.State()[name].bytes.ToArray());
        using var critic = Tiny.Policy(1, DecoderHead.Value);
        using var wrong = new AdamW(critic);
        Assert.Throws<InvalidDataException>(() => wrong.Load(optimiser.State()));
    }
}
