using Tppo.JudgeServer.Forms;
using Tppo.JudgeServer.Gguf;

namespace Tppo.JudgeServer.Tests;

public sealed class FormWriterTests
{
    // A token a character.
    private static int[] Tokens(string text) => [.. text.Select(c => (int)c)];

    [Fact]
    public void Only_where_texts_part_is_anything_chosen()
    {
        var asked = new List<string>();
        FormPart[] form = [new(["<"]), new(["tie", "ties", "toe", "A"]), new([">"])];
        var written = Written(form, among =>
        {
            asked.Add(string.Concat(among.Select(a => (char)a)));
            return among.Max();
        });
        Assert.Equal("<toe>", written);
        Assert.Equal(["tA", "io"], asked);
    }

    [Fact]
    public void Of_a_text_and_a_longer_one_the_shorter_stands() =>
        Assert.Equal("1", Written([new(["10", "1"])], among => among[0]));

    private static string Written(IReadOnlyList<FormPart> form, Func<int[], int> choose) =>
        string.Concat(FormWriter.Write(form, Tokens, choose).Select(t => (char)t));
}
