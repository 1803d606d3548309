using System.Globalization;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// A decoder as a folder in the Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>,
/// <c>tokenizer.json</c>. The
/// transformers library and vLLM load it. Equal weights give equal bytes.
/// </summary>
public static class ModelFolder
{
    /// <summary>Writes a decoder, and the tokenizer where given, into a folder that is made if needed.</summary>
    public static void Write(string folder, Decoder decoder, ModelSettings settings, Tokenizer? tokenizer = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, CheckpointFiles.Config), ModelConfig.Write(settings, decoder.Specials, decoder.Head, decoder.Tied));
        WriteWeights(Path.Combine(folder, CheckpointFiles.Weights), decoder);
        tokenizer?.Save(Path.Combine(folder, CheckpointFiles.Tokenizer));
    }

    /// <summary>
    /// Reads a decoder; its shape is in <see cref="Decoder.Settings"/>. The caller owns it. A folder of adapters, in the PEFT library's
    /// layout, names the folder of what they stand on, which is read with them.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">The head that the weights were written with.</param>
    /// <param name="specials">Its special tokens; null: ours.</param>
    /// <exception cref="InvalidDataException">A file is damaged, lacks a weight, or is of another kind.</exception>
    public static Decoder Read(string folder, DecoderHead head, SpecialTokens? specials = null) =>
        AdapterFolder.Is(folder) ? AdapterFolder.Read(folder, head, specials) : ReadPlain(folder, head, specials);

    /// <summary>The tokens by which a model's configuration ends texts and fills up rows; where it names no second one, both are the first.</summary>
    /// <exception cref="InvalidDataException">It names none, or none of its vocabulary.</exception>
    public static (int End, int Pad) EndAndPad(string folder) => ModelConfigReader.ReadEnds(Path.Combine(folder, CheckpointFiles.Config));

    internal static Decoder ReadPlain(string folder, DecoderHead head, SpecialTokens? specials)
    {
        var (settings, form, tied) = ModelConfigReader.Read(Path.Combine(folder, CheckpointFiles.Config));
        using var weights = WeightFiles.OfFolder(folder);
        return Read(weights, new DecoderKind(settings, form, tied, specials ?? SpecialTokens.Own, TorchSharp.torch.CPU), head);
    }

    /// <summary>
    /// Writes a decoder as the folder is laid out that it came from: the same files, names, types and settings. Adapters are merged.
    /// </summary>
    /// <param name="folder">Where to; it is made if needed.</param>
    /// <param name="decoder">The decoder; its head is written where there is one.</param>
    /// <param name="like">The folder that it came from.</param>
    /// <exception cref="ArgumentException">The two are one folder.</exception>
    /// <exception cref="InvalidDataException">That folder is damaged, or is of another shape.</exception>
    public static void WriteLike(string folder, Decoder decoder, string like)
    {
        if (decoder.Adapters.Count > 0 && decoder.Head != DecoderHead.None)
            throw new InvalidDataException($"{like}: has a head beside its adapters: expected a model without one, to be written as whole weights");
        using var merged = decoder.Adapters.Count > 0 ? decoder.Merged() : null;
        FolderLayout.Of(like).Write(merged ?? decoder, folder);
    }

    /// <summary>Writes the adapters of a folder, in the PEFT library's layout, as one a layer on the folder of weights below them all.</summary>
    /// <param name="folder">Where to; it is made if needed.</param>
    /// <param name="like">A folder of adapters without a head.</param>
    /// <exception cref="InvalidDataException">That folder is damaged, or its adapters have a head.</exception>
    public static void WriteAdapters(string folder, string like) => AdapterFolder.WriteStacked(folder, like);

    internal static void WriteWeights(string path, Decoder decoder)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        SafeTensors.Write(path, DecoderNames.Export(decoder).Select(named => KeyValuePair.Create(named.Name, named.Weight)));
    }

    internal static Decoder ReadWeights(string path, DecoderKind kind, DecoderHead head)
    {
        using var weights = WeightFiles.OfFile(path);
        return Read(weights, kind, head);
    }

    private static void RequireMemory(string path, long bytes)
    {
        var available = MachineMemory.Available();
        if (bytes > available)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: its weights take {bytes / 1e9:F1} GB of memory, each 4 bytes: expected as much to be free, found {available / 1e9:F1} GB"));
        }
    }

    // Nothing is allocated before the weights are known to fit.
    private static Decoder Read(WeightFiles weights, DecoderKind kind, DecoderHead head)
    {
        weights.Require(kind, head);
        var numbers = DecoderNames.Shapes(kind, head).Sum(named => named.Shape.Aggregate(1L, (product, size) => product * size));
        RequireMemory(weights.Path, numbers * sizeof(float));
        var decoder = new Decoder(kind, head, null);
        try
        {
            weights.ReadInto(decoder);
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }
}
