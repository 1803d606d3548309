using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>An embedded log in a temporary folder, gone with the factory.</summary>
public sealed class EmbeddedLogFactory : ILogFactory
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tppo-log-").FullName;

    public LogFeatures Features => LogFeatures.All;

    public IEventLog Open(LogSetup setup) => EmbeddedLog.Open(Folder, Options(setup));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static EmbeddedOptions Options(LogSetup setup) => new()
    {
        Partitions = setup.Partitions,
        OffsetHoleEvery = setup.OffsetHoleEvery,
        Clock = setup.Clock,
        Faults = setup.Faults,
        BlockCacheBytes = 8 << 20,
    };
}
