using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Tests.Models;

namespace Tppo.Learning.Tests.Checkpoints;

/// <summary>A model's folder is written as it was read: by names, types and bytes of every tensor, and by what else is in it.</summary>
public sealed class FolderLayoutTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("layout-tests").FullName;

    public static TheoryData<string> Names => GoldenModelTests.Names;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Written_again_a_folder_has_the_same_files_and_the_same_bytes_in_every_tensor(string name)
    {
        var source = Golden.PathOf(name);
        using (var model = ModelFolder.Read(source, DecoderHead.None)) ModelFolder.WriteLike(folder, model, source);
        string[] ours = [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        var theirs = Directory.GetFiles(source).Select(f => Path.GetFileName(f)!).Where(f => !f.StartsWith("expected.", StringComparison.Ordinal));
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours);
        foreach (var file in ours)
        {
            var (read, written) = (Path.Combine(source, file), Path.Combine(folder, file));
            if (file.EndsWith(".safetensors", StringComparison.Ordinal)) RequireEqualTensors(read, written);
            else Assert.Equal(File.ReadAllBytes(read), File.ReadAllBytes(written));
        }

        using var again = ModelFolder.Read(folder, DecoderHead.None);
        using var first = ModelFolder.Read(source, DecoderHead.None);
        Assert.Equal(Tiny.Bytes(first), Tiny.Bytes(again));
    }

    [Fact]
    public void An_adapter_is_merged_into_the_layout_of_its_base()
    {
        var source = Golden.PathOf("llama-gqa-lora");
        using (var model = ModelFolder.Read(source, DecoderHead.None)) ModelFolder.WriteLike(folder, model, source);
        Assert.False(File.Exists(Path.Combine(folder, AdapterConfig.FileName)));
        using var merged = ModelFolder.Read(folder, DecoderHead.None);
        using var adapted = ModelFolder.Read(source, DecoderHead.None);
        var (ofMerged, ofAdapted) = (Tiny.PlainLogits(merged, [5, 6, 7]), Tiny.PlainLogits(adapted, [5, 6, 7]));
        Assert.InRange(ofMerged.SelectMany(r => r).Zip(ofAdapted.SelectMany(r => r), (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4);
    }

    [Fact]
    public void A_model_is_never_written_over_the_one_that_it_came_from()
    {
        foreach (var file in Directory.GetFiles(Golden.PathOf("llama-gqa"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var before = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        using var model = ModelFolder.Read(folder, DecoderHead.None);
        Assert.Throws<ArgumentException>(() => ModelFolder.WriteLike(Path.Combine(folder, "..", Path.GetFileName(folder)), model, folder));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public void A_layout_of_another_shape_is_refused()
    {
        using var model = ModelFolder.Read(Golden.PathOf("llama-gqa"), DecoderHead.None);
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.WriteLike(folder, model, Golden.PathOf("qwen2-bias")));
        Assert.Contains("qwen2-bias", refused.Message, StringComparison.Ordinal);
    }

    private static void RequireEqualTensors(string theirs, string ours)
    {
        using var expected = SafeTensorsFile.Open(theirs);
        using var written = SafeTensorsFile.Open(ours);
        Assert.Equal(expected.Entries.Keys.Order(StringComparer.Ordinal), written.Entries.Keys.Order(StringComparer.Ordinal));
        foreach (var name in expected.Entries.Keys)
        {
            using var a = expected.Read(name);
            using var b = written.Read(name);
            Assert.Equal(a.dtype, b.dtype);
            Assert.Equal(a.shape, b.shape);
            Assert.Equal(a.bytes.ToArray(), b.bytes.ToArray());
        }
    }
}
