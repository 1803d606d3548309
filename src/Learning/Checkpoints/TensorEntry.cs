using TorchSharp;

namespace Tppo.Learning.Checkpoints;

/// <summary>Where and what a tensor of a safetensors file is.</summary>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="From">Its first byte, counted from the end of the header.</param>
/// <param name="To">One past its last.</param>
internal readonly record struct TensorEntry(torch.ScalarType Type, long[] Shape, long From, long To)
{
    /// <summary>Its shape, as people write it.</summary>
    internal string Shown => $"[{string.Join(", ", Shape)}]";
}
