using Tppo.Core.Models;
using Tppo.Learning.Models;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// How a model's folder is laid out: which weight lies in which file in what type, and what else is in it. So that weights can be
/// written as those were that they came from, and whoever read the one folder reads the other.
/// </summary>
internal sealed class FolderLayout
{
    private const long TextBytesMax = 256 << 20;

    // What belongs to a model and says nothing of its weights; more in a folder is left where it is.
    private static readonly string[] Texts =
    [
        CheckpointFiles.Config, WeightFiles.Index, CheckpointFiles.Tokenizer, "tokenizer.model", "generation_config.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja",
    ];

    private readonly string folder;

    private FolderLayout(string folder) => this.folder = folder;

    /// <summary>The layout of a folder; of one of adapters, that of the folder of weights below them.</summary>
    /// <exception cref="InvalidDataException">The folder of an adapter's base is not there.</exception>
    internal static FolderLayout Of(string folder) => new(AdapterFolder.Root(folder));

    /// <summary>Writes a decoder without adapters in this layout.</summary>
    /// <param name="decoder">Of the shape that the layout's folder has.</param>
    /// <param name="target">Where to; it is made if needed, and must not be the layout's own.</param>
    /// <exception cref="InvalidDataException">A file of the layout is damaged, or is not of the decoder's shape.</exception>
    internal void Write(Decoder decoder, string target)
    {
        if (decoder.Adapters.Count > 0) throw new ArgumentException("adapters are merged before", nameof(decoder));
        if (AdapterFolder.Real(target) == folder)
            throw new ArgumentException($"{target}: a model is not written over the one that it came from", nameof(target));
        Directory.CreateDirectory(target);
        foreach (var text in Texts.Where(text => File.Exists(Path.Combine(folder, text))))
        {
            var (from, to) = (Path.Combine(folder, text), Path.Combine(target, text));
            var bytes = new FileInfo(from).Length;
            if (bytes > TextBytesMax) throw new InvalidDataException($"{from}: expected at most {TextBytesMax:N0} bytes, found {bytes:N0}");
            File.WriteAllBytes(to, File.ReadAllBytes(from));
        }

        using var files = WeightFiles.OfFolder(folder);
        files.Require(decoder.Kind, decoder.Head);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var weights = DecoderNames.Export(decoder).ToDictionary(named => named.Name, named => named.Weight, StringComparer.Ordinal);
        foreach (var file in files.Files)
        {
            using var inner = NewDisposeScope();
            SafeTensors.Write(
                Path.Combine(target, Path.GetFileName(file.Path)),
                file.Entries.Select(entry => KeyValuePair.Create(entry.Key, Weight(entry.Key, entry.Value, file, decoder, weights))));
        }
    }

    // A tied head that was written all the same is the embedding; what no decoder needs stays as it is.
    private static Tensor Weight(string name, TensorEntry entry, SafeTensorsFile file, Decoder decoder, Dictionary<string, Tensor> weights)
    {
        if (name == "lm_head.weight" && decoder.Tied) name = "model.embed_tokens.weight";
        return weights.TryGetValue(name, out var weight) ? weight.to(entry.Type) : file.Read(name).MoveToOuterDisposeScope();
    }
}
