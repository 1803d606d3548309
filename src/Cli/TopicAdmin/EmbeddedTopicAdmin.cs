using Tppo.Core.Log;
using Tppo.Facts.Runs;

namespace Tppo.Cli.TopicAdmin;

/// <summary>The embedded log keeps to the table by itself.</summary>
internal sealed class EmbeddedTopicAdmin(RunFolder folder) : ITopicAdmin
{
    public IReadOnlyList<string> Create(IReadOnlyList<TopicSpec> table) =>
        [$"{folder.Path}: topics of an embedded log need no creation: each comes with its first record"];

    public IReadOnlyDictionary<string, string> Differences(IReadOnlyList<TopicSpec> table) => new Dictionary<string, string>();

    public void Dispose()
    {
        // Nothing is held open.
    }
}
