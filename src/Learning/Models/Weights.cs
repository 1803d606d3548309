using TorchSharp.Modules;
using Tppo.Core.Numerics;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>Makes parameters on one device that outlive the dispose scope they are made in, drawn from the project's own generator.</summary>
/// <param name="device">Where they lie.</param>
/// <param name="random">Where they are drawn from; null: zeros, for weights that are read afterwards.</param>
internal sealed class Weights(Device device, SeededRandom? random)
{
    internal Parameter Ones(int size) => Own(device.Ones(float32, size));

    internal Parameter Zeros(params long[] shape) => Own(device.Zeros(float32, shape));

    /// <summary>Normal with mean 0.</summary>
    internal Parameter Normal(double std, params long[] shape)
    {
        if (random is null) return Zeros(shape);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(random.NextGaussian() * std);
        return Own(device.Float32s(values, shape));
    }

    /// <summary>A copy of one.</summary>
    internal static Parameter Copy(Parameter weight)
    {
        using var values = weight.detach();
        return Own(values.clone());
    }

    /// <summary>Uniform between −<paramref name="most"/> and <paramref name="most"/>.</summary>
    internal Parameter Uniform(double most, params long[] shape)
    {
        if (random is null) return Zeros(shape);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(((2 * random.NextDouble()) - 1) * most);
        return Own(device.Float32s(values, shape));
    }

    /// <summary>A tensor as a parameter.</summary>
    internal static Parameter Own(Tensor values)
    {
        var parameter = new Parameter(values, true);
        TorchRuntime.HandleMoved();
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
