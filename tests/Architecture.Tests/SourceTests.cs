using System.Text.RegularExpressions;

namespace Tppo.Architecture.Tests;

public partial class SourceTests
{
    private const int WidthMax = 160;

    [Fact]
    public void A_namespace_is_its_folder() => Assert.Empty(OutOfPlace(Repository.Sources("src")));

    [Theory]
    [InlineData("src/Core/Rewards/Planted.cs", "namespace Tppo.Core.Text;", "src/Core/Rewards/Planted.cs: expected Tppo.Core.Rewards, found Tppo.Core.Text")]
    [
        InlineData(
            "src/Streaming/Kafka/Steps/Planted.cs", "namespace Tppo.Streaming;",
            "src/Streaming/Kafka/Steps/Planted.cs: expected Tppo.Streaming.Kafka.Steps, found Tppo.Streaming"),
    ]
    [InlineData("src/Cli/Planted.cs", "namespace Tppo.Commands;", "src/Cli/Planted.cs: expected Tppo.Cli, found Tppo.Commands")]
    public void A_planted_namespace_is_reported(string path, string text, string expected) =>
        Assert.Equal([expected], OutOfPlace([new SourceFile(path, text)]));

    [Fact]
    public void Tensors_are_made_of_numbers_in_one_place()
    {
        Assert.Equal(
            ["src/Learning/Native/DeviceTensors.cs"],
            Repository.Sources("src").Where(f => !IsCommand(f) && UsesTorch(f) && MakesTensors(f)).Select(f => f.Path));
        Assert.True(MakesTensors(new SourceFile("", "        var mask = torch.zeros(3, 4);")));
        Assert.True(MakesTensors(new SourceFile("", "        var ids = tensor(values, int64);")));
        Assert.False(MakesTensors(new SourceFile("", "        // zeros(3) would lie on the CPU\n        var ids = device.Zeros(float32, 3);")));
    }

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void No_line_is_wider_than_a_screen(string area) =>
        Assert.Empty(
            Repository.Sources(area).SelectMany(f => f.Text.Split('\n').Index().Where(l => l.Item.Length > WidthMax).Select(l => $"{f.Path}:{l.Index + 1}")));

    private static IReadOnlyList<string> OutOfPlace(IEnumerable<SourceFile> files) =>
    [
        .. files.Where(f => f.Namespace.Length > 0 && f.Namespace != f.NamespaceOfFolder)
            .Select(f => $"{f.Path}: expected {f.NamespaceOfFolder}, found {f.Namespace}"),
    ];

    private static bool UsesTorch(SourceFile file) => file.Text.Contains("TorchSharp", StringComparison.Ordinal);

    // Commands show the numbers of a file, and train nothing.
    private static bool IsCommand(SourceFile file) => file.Path.StartsWith("src/Cli/", StringComparison.Ordinal);

    private static bool MakesTensors(SourceFile file) => file.Text.Split('\n').Select(l => l.Split("//")[0]).Any(l => Maker().IsMatch(l));

    [GeneratedRegex(@"(?<![.\w])(torch\.)?(tensor|zeros|ones|full|arange|from_array|empty|rand|randn|randint|randperm|eye|linspace)\(")]
    private static partial Regex Maker();
}
