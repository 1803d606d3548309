using TorchSharp.Modules;
using Tppo.Core.Numerics;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>Parameters that outlive the dispose scope they are made in, drawn from the project's own generator.</summary>
internal static class Weights
{
    internal static Parameter Ones(int size) => Own(ones([size], float32));

    internal static Parameter Zeros(params long[] shape) => Own(zeros(shape, float32));

    /// <summary>Normal with mean 0; zeros where <paramref name="random"/> is null, for weights that are read afterwards.</summary>
    internal static Parameter Normal(SeededRandom? random, double std, params long[] shape)
    {
        if (random is null) return Zeros(shape);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(random.NextGaussian() * std);
        return Own(tensor(values, shape, float32));
    }

    private static Parameter Own(Tensor values)
    {
        var parameter = new Parameter(values, true);
        TorchRuntime.HandleMoved();
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
