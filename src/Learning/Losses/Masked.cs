using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

/// <summary>Sums and means over the tokens that a mask of ones and zeros lets through.</summary>
internal static class Masked
{
    /// <summary>The mask in the values' own type.</summary>
    internal static Tensor As(Tensor mask, Tensor values) => mask.dtype == values.dtype ? mask : mask.to(values.dtype);

    /// <summary>x where the mask is 1, else 0, whatever x is there: a product would keep what is not a number.</summary>
    internal static Tensor Keep(Tensor x, Tensor mask) => where(mask.to_type(ScalarType.Bool), x, zeros_like(x));

    /// <summary>Σ mask·x / Σ mask; 0 where the mask is empty.</summary>
    internal static Tensor Mean(Tensor x, Tensor mask) => Keep(x, mask).sum() / As(mask, x).sum().AtLeast(1);
}
