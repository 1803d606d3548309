using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Storage of one contract case, empty at first. Opening it again after closing finds what was committed.</summary>
public interface ILogFactory : IDisposable
{
    LogFeatures Features { get; }

    IEventLog Open(LogSetup setup);
}
