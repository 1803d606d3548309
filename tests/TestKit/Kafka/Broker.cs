using System.Diagnostics;

namespace Tppo.TestKit;

/// <summary>
/// Where tests get a real Kafka broker from: the folder that <c>TPPO_TEST_KAFKA</c> names. A test that asks for one where there
/// is none is skipped, and says how to run it.
/// </summary>
public static class Broker
{
    /// <summary>Name of the collection of every class with broker tests: of one collection's tests one runs at a time.</summary>
    public const string Collection = "broker";

    /// <summary>Trait of every class with broker tests: <c>[Trait(Broker.Trait, Broker.Collection)]</c>.</summary>
    public const string Trait = "needs";

    private const string FolderVariable = "TPPO_TEST_KAFKA";
    private const string SkipHow = $"needs a Kafka broker: set {FolderVariable} to a folder with Apache Kafka's `broker` script, e.g. ../shared/kafka";

    // An exception whose message begins so is a skip to xunit v3, whoever throws it.
    private const string SkipMark = "$XunitDynamicSkip$";

    private static readonly Lazy<TestBroker> Started = new(() => TestBroker.Start());

    /// <summary>Why broker tests cannot run here; null where they can.</summary>
    public static string? Skip { get; } = Reason(Environment.GetEnvironmentVariable(FolderVariable), JavaRuns);

    /// <summary>The broker of this test process, started when it is first asked for. Nobody stops or disposes it; tests may kill and restart it.</summary>
    /// <exception cref="BrokerMissingException">There is none: xunit takes it as a skip.</exception>
    public static TestBroker Shared
    {
        get
        {
            Require();
            return Started.Value;
        }
    }

    internal static string Script => ScriptIn(Environment.GetEnvironmentVariable(FolderVariable)!);

    /// <summary>Goes on where there is a broker to start; else the test is skipped.</summary>
    /// <exception cref="BrokerMissingException">There is none: xunit takes it as a skip.</exception>
    public static void Require()
    {
        if (Skip is { } reason) throw new BrokerMissingException(SkipMark + reason);
    }

    /// <summary>Why a folder is of no use; null where it is.</summary>
    public static string? Reason(string? folder, Func<bool> javaRuns)
    {
        if (string.IsNullOrEmpty(folder)) return SkipHow;
        if (!File.Exists(ScriptIn(folder))) return $"{SkipHow} (no `broker` in the folder that it names now)";
        return javaRuns()
            ? null
            : "needs a Kafka broker: it needs Java 17 or later on PATH, and there is no `java` (Debian: apt-get install openjdk-17-jre-headless)";
    }

    private static string ScriptIn(string folder) => Path.GetFullPath(Path.Combine(folder, "broker"));

    private static bool JavaRuns()
    {
        try
        {
            using var java = Process.Start(new ProcessStartInfo("java", ["-version"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            java.StandardError.ReadToEnd();
            java.WaitForExit();
            return java.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
