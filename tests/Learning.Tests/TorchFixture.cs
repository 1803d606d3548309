using Tppo.Core.Settings;
using Tppo.Learning.Native;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Tppo.Learning.Tests.TorchFixture))]
// Torch is one resource of the process, and tests count its live tensors.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Tppo.Learning.Tests;

/// <summary>Starts torch as the product does, before any test.</summary>
public sealed class TorchFixture
{
    public const int Threads = 2;

    public TorchFixture() => TorchRuntime.Start(Numerics.Portable, Threads);
}
