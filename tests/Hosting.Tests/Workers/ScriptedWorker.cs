using Tppo.Hosting.Workers;

namespace Tppo.Hosting.Tests;

/// <summary>A worker whose rounds are given by the test.</summary>
internal sealed class ScriptedWorker(string name, Func<int, CancellationToken, bool> work) : IWorker
{
    private int rounds;

    public string Name => name;

    public int Rounds => Volatile.Read(ref rounds);

    public bool IsDisposed { get; private set; }

    public HashSet<int> Threads { get; } = [];

    public bool Work(CancellationToken cancellation)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        var worked = work(rounds, cancellation);
        Interlocked.Increment(ref rounds);
        return worked;
    }

    public void Dispose() => IsDisposed = true;
}
