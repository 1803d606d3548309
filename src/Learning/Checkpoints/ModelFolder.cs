using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// A decoder as a folder in the Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>. The
/// transformers library and vLLM load it. Equal weights give equal bytes.
/// </summary>
public static class ModelFolder
{
    /// <summary>Name of the shape's file.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Name of the weights' file.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>Name of the tokenizer's file.</summary>
    public const string TokenizerFile = "tokenizer.json";

    /// <summary>Writes a decoder, and the tokenizer where given, into a folder that is made if needed.</summary>
    public static void Write(string folder, Decoder decoder, ModelSettings settings, Tokenizer? tokenizer = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ConfigFile), ModelConfig.Write(settings, decoder.Head, decoder.Tied));
        WriteWeights(Path.Combine(folder, WeightsFile), decoder);
        tokenizer?.Save(Path.Combine(folder, TokenizerFile));
    }

    /// <summary>Reads a decoder; its shape is in <see cref="Decoder.Settings"/>. The caller owns it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">The head that the weights were written with.</param>
    /// <exception cref="InvalidDataException">A file is damaged, lacks a weight, or is of another kind.</exception>
    public static Decoder Read(string folder, DecoderHead head)
    {
        var (settings, tied) = ModelConfig.Read(Path.Combine(folder, ConfigFile));
        return ReadWeights(Path.Combine(folder, WeightsFile), new Decoder(settings, head, tied, null));
    }

    internal static void WriteWeights(string path, Decoder decoder)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        SafeTensors.Write(path, DecoderNames.Export(decoder).Select(named => KeyValuePair.Create(named.Name, named.Weight)));
    }

    internal static Decoder ReadWeights(string path, Decoder decoder)
    {
        var weights = SafeTensors.Read(path);
        try
        {
            DecoderNames.Import(decoder, weights);
            return decoder;
        }
        catch (InvalidDataException e)
        {
            decoder.Dispose();
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        finally
        {
            foreach (var weight in weights.Values) weight.Dispose();
        }
    }
}
