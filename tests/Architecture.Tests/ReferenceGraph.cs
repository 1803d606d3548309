namespace Tppo.Architecture.Tests;

/// <summary>What a project refers to. Packages that it may have besides, and need not, stand in <see cref="MayUse"/>.</summary>
internal sealed record Rule(string Project, string[] Projects, string[] Packages)
{
    public string[] MayUse { get; init; } = [];
}

/// <summary>The house, as data: an arrow that is not here is not allowed, and one that is here exists.</summary>
internal static class ReferenceGraph
{
    /// <summary>Packages that only one source project may see; <c>PrivateAssets="compile"</c> keeps them from compiling elsewhere.</summary>
    public static readonly string[] Walled = ["Apache.Arrow", "Confluent.Kafka", "LLamaSharp", "Parquet.Net", "RocksDB"];

    public static readonly string[] Services = ["Ingest", "Labeler", "RewardTrainer", "PolicyTrainer", "Evaluator"];

    /// <summary>From below.</summary>
    public static readonly string[] Libraries = ["Core", "Learning", "Streaming", "Facts", "Steps", "Hosting"];

    private static readonly string[] Analyzer = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    public static readonly IReadOnlyList<Rule> Source =
    [
        new("Core", [], Analyzer),
        new("Learning", ["Core"],
        [
            .. Analyzer, "TorchSharp", "Microsoft.ML.Tokenizers", "Google.Protobuf", "libtorch-cpu-linux-x64", "libtorch-cpu-win-x64", "libtorch-cpu-osx-arm64",
            "libtorch-cuda-12.8-linux-x64", "libtorch-cuda-12.8-win-x64",
        ]),
        new("Streaming", ["Core"], ["Apache.Arrow", "Confluent.Kafka", "RocksDB"]),
        new("Facts", ["Core", "Streaming"], []),
        new("Steps", ["Core", "Streaming", "Facts", "Learning"], []),
        new("Hosting", ["Core", "Streaming", "Facts"], ["MassTransit", "MassTransit.RabbitMQ", "Polly.Core", "prometheus-net", "prometheus-net.AspNetCore"]),
        new("JudgeServer", ["Core"], ["LLamaSharp", "LLamaSharp.Backend.Cpu"]),
        new("Replay", [.. Libraries], []),
        new("Ingest", ["Core", "Streaming", "Facts", "Hosting"], []),
        new("Labeler", ["Core", "Streaming", "Facts", "Steps", "Hosting", "Replay"], []),
        new("RewardTrainer", [.. Libraries, "Replay"], []),
        new("PolicyTrainer", [.. Libraries, "Replay"], []),
        new("Evaluator", [.. Libraries, "Replay"], []),
        new("Cli", [.. Libraries, "JudgeServer", "Replay", .. Services], ["System.CommandLine", "Spectre.Console"]),
    ];

    public static readonly IReadOnlyList<Rule> Tests =
    [
        new("TestKit", ["Core", "Streaming", "Facts", "Hosting"], []),
        new("LogChild", ["Core", "Streaming", "TestKit"], []),
        Test("Architecture", [], []),
        Test("Core", ["Core"], []),
        Test("Learning", ["Core", "Learning"], []),
        Test("Streaming", ["Core", "Streaming", "LogChild"], ["Apache.Arrow", "Confluent.Kafka"]),
        Test("Facts", ["Core", "Streaming", "Facts"], []),
        Test("Steps", [.. Libraries], []),
        Test("Hosting", ["Core", "Streaming", "Facts", "Hosting"], []),
        Test("JudgeServer", ["Core", "JudgeServer"], []),
        Test("Replay", [.. Libraries, "Replay", .. Services], []),
        Test("Ingest", ["Core", "Streaming", "Facts", "Hosting", "Ingest"], []),
        Test("Labeler", ["Core", "Streaming", "Facts", "Hosting", "Labeler"], []),
        Test("RewardTrainer", [.. Libraries, "RewardTrainer"], []),
        Test("PolicyTrainer", [.. Libraries, "PolicyTrainer"], []),
        Test("Evaluator", [.. Libraries, "Evaluator"], []),
        Test("Cli", ["Core", "Learning", "Streaming", "Facts", "Hosting", "Evaluator", "Cli"], []),
        Test("EndToEnd", ["Core", "Streaming", "Facts", "Hosting", "Cli"], ["Confluent.Kafka"]),
    ];

    public static readonly IReadOnlyList<Rule> Bench =
    [
        new("Ingest", ["Core", "Streaming", "Facts", "Hosting", "Ingest", "TestKit"], ["Confluent.Kafka"]),
        new("Labeler", ["Core", "Streaming", "Facts", "Hosting", "Labeler", "TestKit"], []),
    ];

    // Every test project may use the kit's fakes and property tests.
    private static Rule Test(string of, string[] projects, string[] packages) =>
        new(of + ".Tests", [.. projects, "TestKit"], packages) { MayUse = ["CsCheck"] };
}
