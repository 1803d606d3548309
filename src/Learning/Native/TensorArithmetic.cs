using TorchSharp;
using static TorchSharp.torch;

namespace Tppo.Learning.Native;

/// <summary>
/// Arithmetic between tensors and numbers, in place of TorchSharp's operators, wherever a number is in it.
/// </summary>
/// <remarks>
/// The binding turns a number into a native scalar, hands its address to native code and keeps no reference to it: a garbage
/// collection at that moment frees it while it is in use. Seen once in some ten million calls, as an exception from a scalar's
/// toFloat; it could as well have been a wrong number. Even a + b is concerned (its hidden factor 1), and so are square, clamp,
/// comparisons with a number, arange and ToDouble; a − b, a · b and a / b of two tensors are not.
/// </remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar One = 1.ToScalar();

    internal static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    internal static Tensor Plus(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.add(scalar, One);
    }

    /// <summary>a + b for whole numbers, which stay whole.</summary>
    internal static Tensor Plus(this Tensor a, long b)
    {
        using var scalar = b.ToScalar();
        return a.add(scalar, One);
    }

    internal static Tensor Times(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.mul(scalar);
    }

    internal static Tensor Over(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.div(scalar);
    }

    internal static Tensor Squared(this Tensor a) => a * a;

    internal static Tensor Within(this Tensor a, double least, double most)
    {
        using var low = least.ToScalar();
        using var high = most.ToScalar();
        return a.clamp(low, high);
    }

    internal static Tensor AtLeast(this Tensor a, double least)
    {
        using var low = least.ToScalar();
        return a.clamp_min(low);
    }

    internal static Tensor AtMost(this Tensor a, long most)
    {
        using var high = most.ToScalar();
        return a.clamp_max(high);
    }

    internal static Tensor Equal(this Tensor a, long b)
    {
        using var scalar = b.ToScalar();
        return a.eq(scalar);
    }

    internal static Tensor Above(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.gt(scalar);
    }

    /// <summary>The number in a tensor of one element.</summary>
    internal static double Number(this Tensor a)
    {
        using var detached = a.detach();
        using var copy = detached.to(ScalarType.Float64, CPU);
        return copy.data<double>()[0];
    }
}
