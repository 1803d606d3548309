using static TorchSharp.torch;

namespace Tppo.Learning.Native;

/// <summary>Tensors made of numbers: the one place where they are made, so that each names its device and its type.</summary>
internal static class DeviceTensors
{
    internal static Tensor Int64s(this Device device, long[] values, params ReadOnlySpan<long> shape) => tensor(values, shape, int64, device);

    internal static Tensor Int64s(this Device device, long[] values) => tensor(values, int64, device);

    internal static Tensor Float32s(this Device device, float[] values, params ReadOnlySpan<long> shape) => tensor(values, shape, float32, device);

    internal static Tensor Float32s(this Device device, float[] values) => tensor(values, float32, device);

    internal static Tensor Float32(this Device device, float value) => tensor(value, float32, device);

    internal static Tensor Int64(this Device device, long value) => tensor(value, int64, device);

    internal static Tensor Flags(this Device device, bool[] values, params ReadOnlySpan<long> shape) => tensor(values, shape, ScalarType.Bool, device);

    internal static Tensor Flags(this Device device, bool[] values) => tensor(values, ScalarType.Bool, device);

    /// <summary>Numbers in the type of what they meet.</summary>
    internal static Tensor Numbers(this Device device, double[] values, ScalarType type) => tensor(values, type, device);

    internal static Tensor Zeros(this Device device, ScalarType type, params ReadOnlySpan<long> shape) => zeros(shape, type, device);

    internal static Tensor Ones(this Device device, ScalarType type, params ReadOnlySpan<long> shape) => ones(shape, type, device);

    /// <summary>Memory that holds nothing yet.</summary>
    internal static Tensor Empty(this Device device, ScalarType type, params ReadOnlySpan<long> shape) => empty(shape, type, device);

    /// <summary>The numbers of a float32 tensor, row by row, wherever it lies.</summary>
    internal static float[] ToFloats(this Tensor tensor)
    {
        using var near = tensor.cpu();
        using var dense = near.contiguous();
        return dense.data<float>().ToArray();
    }

    /// <summary>The numbers of an int64 tensor, row by row, wherever it lies.</summary>
    internal static long[] ToLongs(this Tensor tensor)
    {
        using var near = tensor.cpu();
        using var dense = near.contiguous();
        return dense.data<long>().ToArray();
    }
}
