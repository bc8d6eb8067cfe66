using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Shared.Tests.Model;

public sealed class AttributeListTests
{
    [Fact]
    public void Attributes_keep_the_order_in_which_they_were_added()
    {
        var list = new AttributeList { { "b", "1" }, { "a", "2" }, { "c", AttributeValue.From(3L) } };

        Assert.Equal(["b", "a", "c"], list.Select(a => a.Key));
        Assert.Equal("a", list[1].Key);
    }

    [Fact]
    public void Last_value_of_a_key_wins_and_takes_the_last_place()
    {
        var list = new AttributeList { { "a", "1" }, { "b", "2" }, { "a", "3" } };

        Assert.Equal(["b", "a"], list.Select(a => a.Key));
        Assert.Equal("3", list.Text("a"));
    }

    [Fact]
    public void Keys_are_compared_by_ordinal()
    {
        var list = new AttributeList { { "key", "1" }, { "KEY", "2" }, { "é", "3" }, { "e\u0301", "4" }, { "", "5" } };

        Assert.Equal(5, list.Count);
        Assert.Equal("5", list.Text(""));
    }

    [Fact]
    public void Text_of_an_absent_key_or_of_another_type_is_null()
    {
        var list = new AttributeList { { "number", AttributeValue.From(1L) } };

        Assert.Null(list.Text("number"));
        Assert.Null(list.Text("absent"));
        Assert.Null(list["absent"]);
        Assert.Equal(AttributeValue.From(1L), list["number"]);
    }

    [Fact]
    public void Equality_ignores_the_order()
    {
        var list = new AttributeList { { "a", "1" }, { "b", "2" } };
        var same = new AttributeList { { "b", "2" }, { "a", "1" } };

        Assert.Equal(list, same);
        Assert.Equal(list.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(list, new AttributeList { { "a", "1" } });
        Assert.NotEqual(list, new AttributeList { { "a", "1" }, { "b", "3" } });
        Assert.NotEqual(list, new AttributeList { { "a", "1" }, { "c", "2" } });
    }

    [Fact]
    public void Shared_empty_list_cannot_be_added_to() =>
        Assert.Throws<InvalidOperationException>(() => AttributeList.Empty.Add("a", "1"));

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Appended_keys_that_come_twice_end_as_added_ones_do(int count)
    {
        var random = new Random(count);
        for (var run = 0; run < 50; run++)
        {
            var (added, appended) = (new AttributeList(), new AttributeList());
            for (var i = 0; i < count; i++)
            {
                var key = "k" + random.Next(count);
                added.Add(key, AttributeValue.From((long)i));
                appended.Append(key, AttributeValue.From((long)i));
            }

            appended.KeepLastOfEachKey();
            Assert.Equal(added.AsEnumerable(), appended.AsEnumerable());
        }
    }
}
